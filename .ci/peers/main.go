// Command peers measures crcheck beside other validators, from the bytes of a document to a verdict.
// See ../../docs/performance.md.
//
// Each peer is a process that reads the schema and the documents, one in a line, into memory. For every
// number that it reads from its input, it validates as many documents and prints how many of them are
// valid, and the CPU time that it took in nanoseconds. Rounds are interleaved: in each, every peer
// validates all documents once. The table has the shortest time of each peer.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/crcheck/crcheck/internal/synth"
	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
	"github.com/crcheck/crcheck/schema/jsonschema"
	"github.com/crcheck/crcheck/validate"
	v5 "github.com/santhosh-tekuri/jsonschema/v5"
	v6 "github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	documents = 5000
	rounds    = 9
)

func main() {
	if len(os.Args) == 4 {
		serve(os.Args[1], os.Args[2], os.Args[3])
		return
	}
	folder := os.Args[1] // with what the script installed
	s := must(synth.New(contracts.MustLoad(contracts.Newest), schema.HTTP))
	typical, random := make([][]byte, documents), make([][]byte, documents)
	for i := range documents {
		typical[i] = typicalDocument(i)
		random[i] = must(s.Random(schema.OutputPart, uint64(i)))
	}
	compare(folder, "like those of the service", typical)
	compare(folder, "random, with everything that the contract allows, such as long texts beyond ASCII", random)
}

// must returns a value that exists.
func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func typicalDocument(i int) []byte {
	job, membership := fmt.Sprintf("%08x-1111-4222-8333-0123456789ab", i), fmt.Sprintf("0f0e1d2c-3b4a-4958-8776-%012x", i%97)
	arn := "arn:aws:cleanrooms:us-east-1:111122223333:membership/" + membership
	return fmt.Appendf(nil, `{"protectedJob":{"id":%q,"membershipId":%q,"membershipArn":%q,"createTime":%d.%03d,`+
		`"jobParameters":{"analysisTemplateArn":%q,"parameters":{"mode":"daily","limit":"%d"}},"status":%q,`+
		`"resultConfiguration":{"outputConfiguration":{"s3":{"bucket":"example-bucket-%d","keyPrefix":"results/daily"}}},`+
		`"statistics":{"totalDurationInMillis":%d,"billedResourceUtilization":{"units":%d.25}},`+
		`"result":{"output":{"memberList":[{"accountId":"111122223333"},{"accountId":"444455556666"}]}},`+
		`"computeConfiguration":{"worker":{"type":"CR.1X","number":%d,"properties":{"spark":{"spark.executor.memory":"%dg"}}}},"jobComputePayerAccountId":"111122223333"}}`,
		job, membership, arn, 1_700_000_000+i, i%1000, arn+"/analysistemplate/"+job, i%500, []string{"SUCCESS", "FAILED", "STARTED"}[i%3],
		i%50, i*7, i%20, 4+i%100, 1+i%8)
}

// peer is a process.
type peer struct {
	name  string
	in    io.Writer
	out   *bufio.Reader
	best  float64 // nanoseconds of a document
	valid int
}

// compare prints a table of all peers.
func compare(folder, what string, texts [][]byte) {
	fmt.Printf("\n%d responses of GetProtectedJob, %s; %d bytes on average\n\n", len(texts), what, len(bytes.Join(texts, nil))/len(texts))
	contract := contracts.MustLoad(contracts.Newest)
	schemaPath, path := filepath.Join(folder, "schema.json"), filepath.Join(folder, "documents.jsonl")
	text := must(must(jsonschema.Generate(contract, schema.OutputPart, schema.HTTP)).Encode())
	must(0, os.WriteFile(schemaPath, text, 0o600))
	must(0, os.WriteFile(path, append(bytes.Join(texts, []byte("\n")), '\n'), 0o600))
	var peers []*peer
	for _, name := range []string{"crcheck", "v5", "v6", "json.Valid", "json.Unmarshal"} {
		peers = append(peers, start(name, must(os.Executable()), name, schemaPath, path))
	}
	for _, name := range []string{"ajv", "schemasafe"} {
		peers = append(peers, start(name, "node", "peer.mjs", name, schemaPath, path, folder))
	}
	if rust := filepath.Join(folder, "target/release/peers"); exists(rust) {
		for _, name := range []string{"boon", "jsonschema (Rust)"} {
			peers = append(peers, start(name, rust, name, schemaPath, path))
		}
	} else {
		fmt.Print("boon and jsonschema (Rust) are not installed.\n\n")
	}
	blaze := &peer{name: "Blaze (command)", best: math.Inf(1)}
	for range rounds {
		for _, p := range peers {
			p.round(len(texts))
		}
		blaze.command(folder, schemaPath, path, len(texts))
	}
	ours, oracle, syntax := peers[0].best, peers[1].best, peers[3].best
	fmt.Printf("| validator | documents/s | × v5 | × json.Valid | crcheck is faster by | valid |\n|---|---|---|---|---|---|\n")
	for _, p := range append(peers, blaze) {
		fmt.Printf("| %s | %.0f | %.1f | %.2f | %.1f | %d |\n", p.name, 1e9/p.best, oracle/p.best, syntax/p.best, p.best/ours, p.valid)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func start(name, program string, args ...string) *peer {
	cmd := exec.Command(program, args...)
	cmd.Stderr = os.Stderr
	in, out := must(cmd.StdinPipe()), must(cmd.StdoutPipe())
	must(0, cmd.Start())
	p := &peer{name: name, in: in, out: bufio.NewReader(out), best: math.Inf(1)}
	p.round(1)
	p.best = math.Inf(1)
	return p
}

// round validates the first documents.
func (p *peer) round(count int) {
	fmt.Fprintln(p.in, count)
	valid, used, ok := strings.Cut(strings.TrimSpace(must(p.out.ReadString('\n'))), " ")
	if !ok {
		must(0, fmt.Errorf("%s printed %q", p.name, valid))
	}
	p.valid = must(strconv.Atoi(valid))
	p.best = min(p.best, must(strconv.ParseFloat(used, 64))/float64(count))
}

// machine says what Blaze's package calls a kind of machine.
var machine = map[string]string{"amd64": "x86_64", "arm64": "arm64"}

// command runs Blaze's command on all documents. The time of a run on one document, which starts the
// process and compiles the schema, is subtracted.
func (p *peer) command(folder, schemaPath, path string, count int) {
	one := filepath.Join(folder, "one.jsonl")
	text := must(os.ReadFile(path))
	must(0, os.WriteFile(one, text[:bytes.IndexByte(text, '\n')+1], 0o600))
	program := must(filepath.Glob(filepath.Join(folder, "node_modules/@sourcemeta/jsonschema/build/*/jsonschema-"+runtime.GOOS+"-"+machine[runtime.GOARCH])))[0]
	run := func(path string) (time.Duration, []byte) {
		cmd := exec.Command(program, "validate", schemaPath, path, "--fast", "--continue")
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			must(0, err)
		}
		return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), out // an invalid document is an error
	}
	least, _ := run(one)
	all, out := run(path)
	p.best = min(p.best, float64(all-least)/float64(count-1))
	p.valid = count - bytes.Count(out, []byte("fail: "))
}

// serve is a peer that is written in Go.
func serve(name, schemaPath, path string) {
	text := must(os.ReadFile(path))
	all := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	accepts := verdict(name, must(os.ReadFile(schemaPath)))
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		count, valid, began := must(strconv.Atoi(in.Text())), 0, cpuTime()
		for _, document := range all[:count] {
			if accepts(document) {
				valid++
			}
		}
		fmt.Println(valid, int64(cpuTime()-began))
	}
}

// verdict returns what decides a document.
func verdict(name string, schemaText []byte) func(document []byte) bool {
	switch name {
	case "crcheck":
		v := validate.MustCompile(contracts.MustLoad(contracts.Newest), validate.Options{})
		return func(document []byte) bool { return len(v.Output(document)) == 0 }
	case "v5":
		s := must(v5.CompileString("urn:peers", string(schemaText)))
		return func(document []byte) bool {
			var tree any
			d := json.NewDecoder(bytes.NewReader(document))
			d.UseNumber()
			return d.Decode(&tree) == nil && s.Validate(tree) == nil
		}
	case "v6":
		c := v6.NewCompiler()
		must(0, c.AddResource("urn:peers", must(v6.UnmarshalJSON(bytes.NewReader(schemaText)))))
		s := must(c.Compile("urn:peers"))
		return func(document []byte) bool {
			tree, err := v6.UnmarshalJSON(bytes.NewReader(document))
			return err == nil && s.Validate(tree) == nil
		}
	case "json.Unmarshal":
		return func(document []byte) bool {
			var tree any
			return json.Unmarshal(document, &tree) == nil
		}
	}
	return json.Valid
}

// cpuTime is that of the process, with the garbage collector.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	must(0, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
