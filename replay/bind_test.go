package replay_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/internal/redact"
	"github.com/crcheck/crcheck/internal/replaytest"
	"github.com/crcheck/crcheck/replay"
	"github.com/crcheck/crcheck/traffic"
)

var bindKey = redact.Key{1, 2, 3}

// said is a live interaction: method and path with query, body, and the body of the response.
type said struct{ target, body, response string }

func (s said) live(number int) *traffic.Interaction {
	method, path, _ := strings.Cut(s.target, " ")
	in := replaytest.Said(method, "https://example.com"+path, s.body, s.response)
	in.Index, in.Source, in.Response.Header = number, "c.yaml", http.Header{"Content-Type": {"application/json"}}
	return in
}

// redacted records the interactions, as package recorder does.
func redacted(live ...said) (all []*traffic.Interaction) {
	r := redact.New(redact.Options{Key: bindKey})
	var known []int
	var list []string
	for i, s := range live {
		y, trace, _ := r.RedactTraced(s.live(i))
		all, known, list = append(all, y), append(known, trace.Known), append(list, trace.Pseudonyms...)
	}
	joined := traffic.JoinPseudonyms(list)
	for i, y := range all {
		all[i], _ = r.Late(y, known[i])
		all[i].Meta.Pseudonyms = joined
	}
	return all
}

func ask(t *testing.T, p *replay.Player, target, body string) string {
	method, path, _ := strings.Cut(target, " ")
	return replaytest.Ask(t, p, method, "http://127.0.0.1:1"+path, body)
}

const (
	uuidA, uuidB, uuidC = "0f0e1d2c-3b4a-4958-8776-655443322110", "1f0e1d2c-3b4a-4958-8776-655443322111", "2f0e1d2c-3b4a-4958-8776-655443322112"
	roleARN             = "arn:aws:iam::111122223333:role/the-analyst"
)

// TestNames checks how requests with real names find the recorded ones: with the key, where a wrong
// name is a miss, and without it.
func TestNames(t *testing.T) {
	create := said{"POST /things", `{"name":"n","role":"` + roleARN + `"}`, `{"id":"` + uuidA + `","role":"` + roleARN + `"}`}
	for _, v := range []struct {
		name     string
		recorded []said
		asked    []said // with what the response has to contain; "miss" or "ambiguous" without a response
		bind     []int  // indices of asked that are answered only without the key
	}{
		{"the same names", []said{create}, []said{{create.target, create.body, roleARN}}, nil},
		{"in path, query and body", []said{{"GET /things/" + uuidA + "?of=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fthe-analyst", `{"a":["x","see s3://my-bucket-1/the-key.csv now"]}`, `{"b":"my-bucket-1"}`}},
			[]said{{"GET /things/" + uuidA + "?of=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fthe-analyst", `{"a":["x","see s3://my-bucket-1/the-key.csv now"]}`, `{"b":"my-bucket-1"}`}}, nil},
		{"a form", []said{{"POST /", "Action=Send&QueueArn=" + strings.ReplaceAll(roleARN, ":", "%3A"), `{"a":"` + roleARN + `"}`}},
			[]said{{"POST /", "Action=Send&QueueArn=" + strings.ReplaceAll(roleARN, ":", "%3A"), roleARN}}, nil},
		{"text", []said{{"POST /", "<a>" + roleARN + "</a>", "<b>the-analyst</b>"}}, []said{{"POST /", "<a>" + roleARN + "</a>", "<b>the-analyst</b>"}}, nil},
		{"a name that a later response makes known", []said{{"POST /", `{"RoleName":"the-analyst"}`, `{"arn":"` + roleARN + `"}`}},
			[]said{{"POST /", `{"RoleName":"the-analyst"}`, ":role/the-analyst"}}, nil},
		{"names of members", []said{{"POST /", `{"z":1,"tags":{"the-analyst":{"n":1},"other":2},"arn":"` + roleARN + `"}`, `{"x":{"the-analyst":3}}`}},
			[]said{{"POST /", `{"arn":"` + roleARN + `","tags":{"the-analyst":{"n":1},"other":2},"z":1}`, `{"x":{"the-analyst":3}}`}}, nil},
		{"other names", []said{create}, []said{{"POST /things", `{"name":"n","role":"arn:aws:iam::999988887777:role/somebody"}`, "999988887777:role/somebody"}}, []int{0}},
		{"another kind of value", []said{{"GET /things/" + uuidA, "", `{}`}}, []said{{"GET /things/everything", "", "miss"}}, nil},
		{"something else differs", []said{create}, []said{{"POST /things", strings.Replace(create.body, `"n"`, `"m"`, 1), "miss"}}, nil},
		{"one name for two pseudonyms", []said{{"POST /", `{"a":"` + uuidA + `","b":"` + uuidB + `"}`, `{}`}}, []said{{"POST /", `{"a":"` + uuidA + `","b":"` + uuidA + `"}`, "miss"}}, nil},
		{"two names for one pseudonym", []said{{"POST /", `{"a":"` + uuidA + `","b":"` + uuidA + `"}`, `{}`}}, []said{{"POST /", `{"a":"` + uuidA + `","b":"` + uuidB + `"}`, "miss"}}, nil},
		{"a binding holds for the session", []said{create, {"GET /roles/arn:aws:iam::111122223333:role%2Fthe-analyst", "", `{}`}},
			[]said{{create.target, create.body, roleARN}, {"GET /roles/arn:aws:iam::111122223333:role%2Fsomebodyxx", "", "miss"}, {"GET /roles/arn:aws:iam::111122223333:role%2Fthe-analyst", "", "{}"}}, nil},
		{"ambiguous", []said{{"GET /things/" + uuidA, "", `{"n":1}`}, {"GET /things/" + uuidB, "", `{"n":2}`}}, []said{{"GET /things/" + uuidC, "", "ambiguous"}}, nil},
		{"the form tells them apart", []said{{"GET /s3?b=s3%3A%2F%2Fthe-first-bucket%2F", "", `{"n":1}`}, {"GET /s3?b=s3%3A%2F%2Fthe-other-one%2F", "", `{"n":2}`}},
			[]said{{"GET /s3?b=s3%3A%2F%2Fthe-other-one%2F", "", `"n":2`}, {"GET /s3?b=s3%3A%2F%2Fthe-first-bucket%2F", "", `"n":1`}}, nil},
		{"one of two is bound", []said{{"POST /a", `{"x":"` + uuidA + `"}`, `{}`}, {"GET /things/" + uuidA, "", `{"n":1}`}, {"GET /things/" + uuidB, "", `{"n":2}`}},
			[]said{{"POST /a", `{"x":"` + uuidA + `"}`, `{}`}, {"GET /things/" + uuidB, "", `"n":2`}, {"GET /things/" + uuidA, "", `"n":1`}}, nil},
		{"short names share a constant", []said{{"POST /", `{"a":"s3://ab-c/"}`, `{"a":"s3://ab-c/","b":"s3://x-yz/"}`}}, []said{{"POST /", `{"a":"s3://ab-c/"}`, `"a":"s3://ab-c/"`}}, nil},
	} {
		for _, mode := range []string{replay.NamesExact, replay.NamesBind} {
			t.Run(v.name+", "+mode, func(t *testing.T) {
				opts := replay.Options{Key: bindKey.Text()}
				if mode == replay.NamesBind {
					opts.Key = ""
				}
				p, err := replay.New(replay.Of(redacted(v.recorded...)...), opts)
				require.NoError(t, err)
				used, _ := p.Names()
				require.Equal(t, mode, used)
				for i, q := range v.asked {
					got, want := ask(t, p, q.target, q.body), q.response
					for _, n := range v.bind {
						if n == i && mode == replay.NamesExact {
							want = "miss"
						}
					}
					switch want {
					case "ambiguous":
						require.Equal(t, "miss", got)
						reason := replay.AmbiguousNames
						if mode == replay.NamesExact {
							reason = replay.NotRecorded
						}
						misses := p.Misses()
						require.Equal(t, reason, misses[len(misses)-1].Reason)
						if mode == replay.NamesBind {
							require.Equal(t, []string{"interaction 1 of c.yaml", "interaction 2 of c.yaml"}, misses[len(misses)-1].Sources)
						}
					case "miss":
						require.Equal(t, "miss", got)
					default:
						require.Contains(t, got, want, "%d: %s %s", i, q.target, q.body)
					}
				}
			})
		}
	}
}

// TestServiceNames checks names that only the service gave: they stay pseudonyms, and the client may
// send them, also beside real ones in one request (shared/cases/record/c_mixed.py).
func TestServiceNames(t *testing.T) {
	recorded := redacted(
		said{"POST /create", `{}`, `{"KeyMetadata":{"KeyId":"` + uuidA + `"}}`},
		said{"POST /grant", `{"KeyId":"` + uuidA + `","GranteePrincipal":"arn:aws:iam::123456789012:role/worker"}`, `{"GrantId":"` + uuidB + `"}`},
	)
	for _, key := range []string{bindKey.Text(), ""} {
		t.Run(fmt.Sprint(key != ""), func(t *testing.T) {
			p, err := replay.New(replay.Of(recorded...), replay.Options{Key: key})
			require.NoError(t, err)
			created := ask(t, p, "POST /create", `{}`)
			id := created[len(`{"KeyMetadata":{"KeyId":"`):][:36]
			require.NotEqual(t, uuidA, id)
			require.NotEqual(t, "miss", ask(t, p, "POST /grant", `{"KeyId":"`+id+`","GranteePrincipal":"arn:aws:iam::123456789012:role/worker"}`))
			require.Zero(t, p.Missed())
		})
	}
}

// TestNamesOfSessions checks that sessions do not share bindings.
func TestNamesOfSessions(t *testing.T) {
	p, err := replay.New(replay.Of(redacted(said{"GET /things/" + uuidA, "", `{"id":"` + uuidA + `"}`})...), replay.Options{})
	require.NoError(t, err)
	for i, id := range []string{uuidA, uuidB, uuidC} {
		require.Equal(t, `{"id":"`+id+`"}`, ask(t, p, fmt.Sprintf("GET /_c/c.yaml/%d/things/%s", i, id), ""))
	}
	require.Zero(t, p.Missed())
	_, bound := p.Names()
	require.Equal(t, 3, bound)
}

// TestNamesModes checks the option Names.
func TestNamesModes(t *testing.T) {
	recorded := redacted(said{"GET /things/" + uuidA, "", `{}`})
	for _, v := range []struct {
		name, key, names string
		fails            bool
		mode             string
	}{
		{"exact without a key", "", replay.NamesExact, true, ""},
		{"exact with another key", redact.Key{9}.Text(), replay.NamesExact, true, ""},
		{"another key", redact.Key{9}.Text(), "", false, replay.NamesBind},
		{"bind with the key", bindKey.Text(), replay.NamesBind, false, replay.NamesBind},
		{"a broken key", "nonsense", "", true, ""},
	} {
		t.Run(v.name, func(t *testing.T) {
			p, err := replay.New(replay.Of(recorded...), replay.Options{Key: v.key, Names: v.names})
			require.Equal(t, v.fails, err != nil)
			if err == nil {
				mode, _ := p.Names()
				require.Equal(t, v.mode, mode)
			}
		})
	}
}

// TestNamesWithoutList checks cassettes of an earlier crcheck: their names match as recorded, and
// those that a format shows are bound.
func TestNamesWithoutList(t *testing.T) {
	recorded := redacted(said{"GET /things/" + uuidA, `{"a":"` + roleARN + `"}`, `{"id":"` + uuidA + `"}`})
	recorded[0].Meta.Pseudonyms = ""
	p, err := replay.New(replay.Of(recorded...), replay.Options{Key: bindKey.Text(), Order: replay.Sticky})
	require.NoError(t, err)
	require.Equal(t, string(recorded[0].Response.Body.Bytes), ask(t, p, "GET "+strings.TrimPrefix(recorded[0].Request.URL, "https://example.com"), string(recorded[0].Request.Body.Bytes)))
	require.Equal(t, `{"id":"`+uuidB+`"}`, ask(t, p, "GET /things/"+uuidB, `{"a":"`+roleARN+`"}`))
}

// BenchmarkNames measures requests with real names among few and many recorded ones of one outline.
func BenchmarkNames(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		live := make([]said, 0, n)
		for i := range n / 2 {
			id := fmt.Sprintf("%08x-3b4a-4958-8776-655443322110", i)
			live = append(live, said{"POST /things", fmt.Sprintf(`{"name":"thing %d","id":"%s","role":"%s"}`, i, id, roleARN), `{}`}, said{"GET /things/" + id, "", `{"id":"` + id + `"}`})
		}
		recorded := redacted(live...)
		for _, key := range []string{bindKey.Text(), ""} {
			b.Run(fmt.Sprintf("%d, key %v", n, key != ""), func(b *testing.B) {
				p, err := replay.New(replay.Of(recorded...), replay.Options{Key: key, Order: replay.Any})
				require.NoError(b, err)
				requests := make([]*http.Request, n)
				for i, s := range live {
					method, path, _ := strings.Cut(s.target, " ")
					requests[i], _ = http.NewRequest(method, "http://127.0.0.1:1"+path, strings.NewReader(s.body))
				}
				_, _ = p.RoundTrip(requests[0]) // makes the index
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					req := requests[i%n]
					if req.GetBody != nil {
						req.Body, _ = req.GetBody()
					}
					_, _ = p.RoundTrip(req)
					i++
				}
				if p.Missed() > 0 {
					b.Fatal(p.Misses()[0])
				}
			})
		}
	}
}

// TestMasks checks that a masked value matches any value, whatever form the contract gives the mask.
func TestMasks(t *testing.T) {
	for _, v := range []struct{ name, mask, secret string }{
		{"the common mask", "", "hunter2-hunter2"},
		{"base64", "TUFTS0VELUJZLUNSQ0hFQ0s=", "AAEC"},
		{"a pattern", "aaaaaaaa", "hunterxy"},
		{"a UUID", "00000000-0000-0000-0000-000000000000", uuidA},
		{"longer than an entry of the list", strings.Repeat("TUFTS0VELUJZLUNSQ0hFQ0s", 100), strings.Repeat("c2VjcmV0", 300)},
	} {
		t.Run(v.name, func(t *testing.T) {
			place := redact.Place{Class: redact.Whole, Constant: true, Mask: v.mask}
			classify := func(*traffic.Interaction) redact.Places {
				return redact.Places{Request: &redact.Node{Members: map[string]*redact.Node{"secret": {Place: place}}}}
			}
			live := said{"POST /", `{"secret":"` + v.secret + `","id":"` + uuidA + `"}`, `{"id":"` + uuidA + `"}`}.live(0)
			y, trace, _ := redact.New(redact.Options{Key: bindKey, Classify: classify}).RedactTraced(live)
			require.NotContains(t, string(y.Request.Body.Bytes), v.secret)
			y.Meta.Pseudonyms = traffic.JoinPseudonyms(trace.Pseudonyms)
			for _, key := range []string{bindKey.Text(), ""} {
				p, err := replay.New(replay.Of(y), replay.Options{Key: key})
				require.NoError(t, err)
				require.Equal(t, `{"id":"`+uuidA+`"}`, ask(t, p, "POST /", `{"secret":"`+v.secret+`","id":"`+uuidA+`"}`))
			}
		})
	}
}
