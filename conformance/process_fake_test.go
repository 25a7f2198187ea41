//go:build unix

package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fakeClient, as the first argument of the test binary, makes it a client that
// behaves as the second says; the third marks its processes and is the address that
// its grandchildren listen on. It is no variable
// of the environment, since that is scrubbed.
const fakeClient = "fake-client"

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == fakeClient {
		f := &fake{in: bufio.NewReaderSize(os.Stdin, 2*maxLine), marker: os.Args[3]}
		fakes[os.Args[2]](f)
		exit(0)
	}
	os.Exit(m.Run())
}

// exit skips what os.Exit does under the race detector: it sleeps for a second.
func exit(status int) { syscall.Exit(status) }

type fake struct {
	in     *bufio.Reader
	marker string
}

// call returns the next call; at the end of the input it ends the process.
func (f *fake) call() Call {
	line, err := f.in.ReadBytes('\n')
	if err != nil {
		exit(0)
	}
	var call Call
	if err := json.Unmarshal(line, &call); err != nil {
		panic(err)
	}
	return call
}

func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }

const helloLine = `{"type":"hello","protocol":1,"client":{"name":"fake","version":"1","language":"go"},"reports":"output","concurrency":4}`

func (f *fake) hello() {
	f.call() // it has another type, which makes no difference
	say(helloLine)
}

func answerCall(c Call) { say(`{"type":"result","seq":%d,"output":{"echo":%s}}`, c.Seq, c.Input) }

// each introduces the client, then does something for every call.
func each(do func(*fake, Call)) func(*fake) {
	return func(f *fake) {
		f.hello()
		for {
			do(f, f.call())
		}
	}
}

// second introduces the client, then does something for the calls numbered 2
// and answers the others.
func second(do func(*fake, Call)) func(*fake) {
	return each(func(f *fake, c Call) {
		if c.Seq == 2 {
			do(f, c)
			return
		}
		answerCall(c)
	})
}

func ever() { select {} }

// address returns the path of the socket that the test gave the process.
func (f *fake) address() string {
	_, address, _ := strings.Cut(f.marker, "@")
	return address
}

// start starts another process of the test binary, which inherits the pipes.
func (f *fake) start(behaviour string, own bool) *exec.Cmd {
	cmd := exec.Command(os.Args[0], fakeClient, behaviour, f.marker)
	cmd.Stdin, cmd.Stderr = os.Stdin, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: own}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		panic(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil { // it is up
		panic(err)
	}
	return cmd
}

var good = each(func(_ *fake, c Call) { answerCall(c) })

var fakes = map[string]func(*fake){
	"good":           good,
	"dies-at-start":  func(*fake) { exit(3) },
	"dies-at-hello":  func(f *fake) { f.call(); fmt.Print(helloLine[:20]); exit(3) },
	"dies-in-call":   each(func(*fake, Call) { fmt.Fprintln(os.Stderr, "Traceback"); exit(3) }),
	"dies-in-call-2": second(func(*fake, Call) { exit(3) }),
	"dies-after-answer": each(func(_ *fake, c Call) {
		answerCall(c)
		exit(3)
	}),
	"is-killed":       each(func(*fake, Call) { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL); ever() }),
	"exits-0-unasked": func(f *fake) { f.hello(); f.call() },
	"exits-0-in-call": each(func(*fake, Call) { exit(0) }),
	"one-shot": func(f *fake) {
		f.hello()
		answerCall(f.call())
	},
	"dies-at-eof": func(f *fake) {
		f.hello()
		for {
			line, err := f.in.ReadBytes('\n')
			if err != nil {
				exit(3)
			}
			var c Call
			_ = json.Unmarshal(line, &c)
			answerCall(c)
		}
	},

	"hangs":      each(func(*fake, Call) { ever() }),
	"hangs-in-2": second(func(*fake, Call) {}),
	"late":       second(func(_ *fake, c Call) { time.Sleep(600 * time.Millisecond); answerCall(c) }),
	"hangs-in-2-while-busy": each(func(_ *fake, c Call) {
		if c.Seq != 2 {
			time.AfterFunc(800*time.Millisecond, func() { answerCall(c) })
		}
	}),
	"deaf": func(f *fake) { f.hello(); ever() },

	"floods-line": each(func(*fake, Call) {
		for {
			fmt.Print(strings.Repeat("x", 1<<16))
		}
	}),
	"floods-results": each(func(_ *fake, c Call) {
		for {
			answerCall(c)
		}
	}),
	"floods-junk": each(func(*fake, Call) {
		for {
			say("debug")
		}
	}),
	"long-line": each(func(_ *fake, c Call) {
		say(`{"type":"result","seq":%d,"output":{"x":"%s"}}`, c.Seq, strings.Repeat("x", maxLine-60))
	}),

	"answers-twice": each(func(_ *fake, c Call) { answerCall(c); answerCall(c) }),
	"unknown-seq":   each(func(_ *fake, c Call) { say(`{"type":"result","seq":%d,"output":{}}`, c.Seq+1000) }),
	"invalid-json":  each(func(_ *fake, c Call) { say(`{"type":"result","seq":%d,"output":`, c.Seq) }),
	"invalid-in-2":  second(func(_ *fake, c Call) { say(`{"type":"result","seq":%d,"error":{"message":"X"}}`, c.Seq) }),
	"invalid-seq":   each(func(*fake, Call) { say(`{"type":"result","seq":"1","output":{}}`) }),
	"two-in-2":      second(func(_ *fake, c Call) { say(`{"type":"result","seq":%d,"output":{},"broken":{"message":""}}`, c.Seq) }),
	"broken-in-2":   second(func(_ *fake, c Call) { say(`{"type":"result","seq":%d,"output":{"a":`, c.Seq) }),
	"long-in-2": second(func(_ *fake, c Call) {
		say(`{"type":"result","seq":%d,"output":{"a":"%s"}}`, c.Seq, strings.Repeat("x", maxLine))
	}),
	"empty-line":     each(func(*fake, Call) { say("") }),
	"noise-between":  each(func(_ *fake, c Call) { answerCall(c); say("done!") }),
	"no-newline":     each(func(_ *fake, c Call) { fmt.Printf(`{"type":"result","seq":%d,"output":{}}`, c.Seq); exit(0) }),
	"partial-line":   each(func(_ *fake, c Call) { fmt.Printf(`{"type":"result","seq":%d,`, c.Seq); exit(3) }),
	"unflushed-line": each(func(_ *fake, c Call) { fmt.Printf(`{"type":"result","seq":%d,`, c.Seq) }),
	"closes-stdout":  each(func(*fake, Call) { os.Stdout.Close(); ever() }),
	"crlf":           each(func(_ *fake, c Call) { fmt.Printf("{\"type\":\"result\",\"seq\":%d,\"output\":{}}\r\n", c.Seq) }),

	"banner":          func(f *fake) { say("Starting…"); f.hello(); ever() },
	"bom":             func(f *fake) { fmt.Print("\ufeff"); f.hello(); ever() },
	"no-hello":        func(f *fake) { answerCall(Call{Seq: 1, Input: []byte("{}")}); ever() },
	"other-protocol":  func(f *fake) { say(strings.Replace(helloLine, `"protocol":1`, `"protocol":2`, 1)); ever() },
	"invalid-hello":   func(f *fake) { say(strings.Replace(helloLine, `"concurrency":4`, `"concurrency":0`, 1)); ever() },
	"hello-twice":     func(f *fake) { f.hello(); say(helloLine); f.call(); ever() },
	"slow-hello":      func(f *fake) { time.Sleep(300 * time.Millisecond); good(f) },
	"very-slow-hello": func(*fake) { ever() },
	"changes": func(f *fake) { // its hello is another one in every process
		f.call()
		say(strings.Replace(helloLine, `"version":"1"`, fmt.Sprintf(`"version":"%d"`, os.Getpid()), 1))
		answerCall(f.call())
	},

	"stderr-noise": each(func(_ *fake, c Call) {
		for range 10 << 10 {
			fmt.Fprintln(os.Stderr, strings.Repeat("x", 1023))
		}
		answerCall(c)
	}),
	"ignores-term": func(f *fake) {
		signal.Ignore(syscall.SIGTERM)
		f.hello()
		answerCall(f.call())
		ever()
	},
	"ignores-eof": func(f *fake) {
		f.hello()
		answerCall(f.call())
		ever()
	},
	"writes-at-end": func(f *fake) { // more than a pipe holds
		signal.Ignore(syscall.SIGTERM)
		f.hello()
		answerCall(f.call())
		_, _ = f.in.ReadBytes('\n')
		fmt.Fprint(os.Stderr, strings.Repeat("x", 1<<20))
		fmt.Print(strings.Repeat("x", 1<<19))
	},

	// Grandchildren hold the pipes and a socket.
	"grandchild":            func(f *fake) { f.start("holds", false); good(f) },
	"grandchild-orphaned":   func(f *fake) { f.hello(); c := f.call(); f.start("holds", false); answerCall(c); exit(3) },
	"grandchild-with-hang":  func(f *fake) { f.hello(); f.call(); f.start("holds", false); ever() },
	"grandchild-of-its-own": func(f *fake) { f.start("holds-until-told", true); good(f) },
	"holds": func(f *fake) {
		signal.Ignore(syscall.SIGTERM)
		l, err := net.Listen("unix", f.address())
		if err != nil {
			panic(err)
		}
		say("up on %s", l.Addr())
		ever()
	},
	"holds-until-told": func(f *fake) {
		say("up")
		for _, err := os.Stat(f.address()); err != nil; _, err = os.Stat(f.address()) {
			time.Sleep(5 * time.Millisecond)
		}
	},

	"environment": each(func(_ *fake, c Call) {
		text, _ := json.Marshal(os.Environ())
		say(`{"type":"result","seq":%d,"output":{"environment":%s}}`, c.Seq, text)
	}),
	"out-of-order": func(f *fake) {
		f.hello()
		for {
			calls := []Call{f.call(), f.call(), f.call(), f.call()}
			for i := range calls {
				answerCall(calls[len(calls)-1-i])
			}
		}
	},
}
