package redact

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/finding"
	"github.com/crcheck/crcheck/traffic"
)

// maxDepth is how many nested encodings of a text are decoded.
const maxDepth = 3

// masker masks secrets and collects findings.
type masker struct {
	known    *occurrences // secrets from headers and the query; may be nil
	all      bool         // Options.All
	findings []finding.Finding
	source   string
	number   int // of the interaction, from 1; 0 if there is none
}

func (m *masker) note(rule finding.RuleID, at site, message string) {
	f := finding.Finding{Rule: rule, Source: m.source, Interaction: m.number, Pointer: at.pointer(), Message: message, Sensitive: true}
	if strings.HasPrefix(at.part, "request") || at.part == "query" || at.part == "path" {
		f.Part = "input"
	}
	m.findings = append(m.findings, f)
}

// graded returns the findings, with pointers into the redacted document.
func (m *masker) graded(r *Redactor) finding.Set {
	for i, f := range m.findings {
		m.findings[i].Pointer = r.pointer(f.Pointer)
	}
	return finding.Default.Grade(finding.NewSet(m.findings...))
}

func (m *masker) edit(at site, s string) string {
	if at.number && !secretMember(at.name) {
		return s
	}
	if at.name != "" && secretMember(at.name) && s != "" && placeholder(s) {
		if m.whole(at) {
			return Mask // a pseudonym of the placeholder would look like a secret
		}
	} else if at.name != "" && secretMember(at.name) && s != "" {
		m.note(finding.SecretFound, at, "the "+at.part+" contains "+what(at.name)+", according to the name of its member")
		return Mask
	}
	if m.known != nil {
		if now := m.known.replace(s, spans{closed: masks(s)}, minPart); now != s {
			m.note(finding.SecretFound, at, "the "+at.part+" repeats a secret from the headers or the query")
			s = now
		}
	}
	hits := find(s, maxDepth)
	if at.Blob { // by contract, the whole string is base64, which may look random
		hits = slices.DeleteFunc(hits, func(h hit) bool { return h.what == secretAccessKey && !h.inside && isWord(s) })
	}
	if len(hits) == 0 && !(m.whole(at) && strings.Contains(s, Mask)) {
		return s
	}
	var b []byte
	end := 0
	for _, h := range hits {
		m.note(finding.SecretFound, at, fmt.Sprintf("the %s contains what looks like %s", at.part, h.what))
		b = append(append(b, s[end:h.from]...), Mask...)
		end = h.to
	}
	if m.whole(at) {
		return Mask // the rest of a sensitive string must not remain either
	}
	return string(append(b, s[end:]...))
}

func (m *masker) whole(at site) bool { return at.class(m.all) == Whole }

func what(member string) string {
	if strings.Contains(strings.ToLower(member), "token") {
		return "a token"
	}
	return "a password or key"
}

// masks returns the spans of existing masks.
func masks(s string) (spans []span) {
	for from := 0; ; {
		i := strings.Index(s[from:], Mask)
		if i < 0 {
			return spans
		}
		spans = append(spans, span{from + i, from + i + len(Mask)})
		from += i + len(Mask)
	}
}

// signing masks the credentials and the signature of a request in their proper places,
// Authorization and the query, without findings. It collects them, to find them elsewhere.
type signing struct{ secrets []string }

func (g *signing) add(secret string) {
	if len(secret) >= minPart && !strings.Contains(secret, Mask) && !placeholder(secret) {
		g.secrets = append(g.secrets, secret)
	}
}

// authorization masks the secrets in an Authorization header of SigV4 or SigV4a. ok is false for
// other schemes.
func (g *signing) authorization(value string) (masked string, ok bool) {
	algorithm, rest, _ := strings.Cut(value, " ")
	if !strings.HasPrefix(algorithm, "AWS4-") {
		g.add(credentialOf(value))
		return "", false
	}
	fields := strings.Split(rest, ",")
	signed := !slices.ContainsFunc(fields, func(f string) bool {
		credential, ok := strings.CutPrefix(strings.TrimSpace(f), "Credential=")
		key, _, _ := strings.Cut(credential, "/")
		return ok && madeUp(key)
	})
	for i, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		switch strings.TrimSpace(name) {
		case "Credential":
			fields[i] = name + "=" + g.credential(value)
		case "Signature":
			if signed {
				g.add(strings.TrimSpace(value))
			}
			fields[i] = name + "=" + Mask
		case "SignedHeaders":
		default:
			return "", false
		}
	}
	return algorithm + " " + strings.Join(fields, ","), true
}

func (g *signing) credential(value string) string {
	key, scope, ok := strings.Cut(value, "/")
	g.add(strings.TrimSpace(key))
	if !ok {
		return Mask
	}
	return Mask + "/" + scope
}

// request masks the credentials and the signature of a request, in place.
func (g *signing) request(q *traffic.Request) {
	for name, values := range q.Header {
		if !strings.EqualFold(name, "Authorization") {
			continue
		}
		var kept []string
		for _, v := range values {
			if masked, ok := g.authorization(v); ok {
				kept = append(kept, masked)
			}
		}
		if q.Header[name] = kept; kept == nil {
			delete(q.Header, name)
		}
	}
	var signature string
	signed := true
	q.URL = editURL(q.URL, Places{}, func(at site, s string) string {
		if at.part != "query" {
			return s
		}
		switch strings.ToLower(at.name) {
		case "x-amz-signature":
			signature = s
			return Mask
		case "x-amz-security-token":
			g.add(s)
			return Mask
		case "x-amz-credential":
			key, _, _ := strings.Cut(s, "/")
			signed = !madeUp(key)
			return g.credential(s)
		}
		return s
	})
	if signed {
		g.add(signature)
	}
}

// gather collects the secrets in headers that will be dropped.
func (g *signing) gather(h http.Header) {
	for name, values := range h {
		name = strings.ToLower(name)
		if !slices.Contains(secretHeaders, name) {
			continue
		}
		for _, v := range values {
			if !strings.HasSuffix(name, "cookie") {
				g.add(v)
				continue
			}
			for pair := range strings.SplitSeq(v, ";") {
				if _, value, _ := strings.Cut(pair, "="); len(value) >= minCookie {
					g.add(value)
				}
			}
		}
	}
}

// minCookie is the minimum length, in bytes, of the value of a cookie to be looked for elsewhere.
// Shorter values may be words.
const minCookie = 16
