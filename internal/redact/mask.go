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
	known     *occurrences // secrets from headers and the query; may be nil
	all       bool         // Options.All
	scans     *memo[bool]  // may be nil
	bodies    *memo[*edited]
	documents *documents      // may be nil
	masks     map[string]bool // the entries of the masks that a contract chose
	findings  []finding.Finding
	secrets   int // findings of secrets, also those that are not reported
	pointers  int // bytes of their pointers
	source    string
	number    int // of the interaction, from 1; 0 if there is none
}

// A body of secrets has a finding for each, with a pointer that may be as long as the body.
const (
	maxFindings = 1000    // of secrets in one interaction; the last one says that there are more
	maxPointers = 1 << 22 // bytes of pointers that are composed for them
	maxPointer  = 1 << 10 // bytes of a pointer; a longer one is cut after a token
)

func (m *masker) note(rule finding.RuleID, at site, message string) {
	if rule == finding.SecretFound {
		if m.secrets++; m.secrets == maxFindings {
			message, at.pointer = "the interaction contains more secrets than are reported one by one", noPointer
		} else if m.secrets > maxFindings {
			return
		}
	}
	f := finding.Finding{Rule: rule, Source: m.source, Interaction: m.number, Message: message, Sensitive: true}
	if m.pointers < maxPointers {
		f.Pointer = at.pointer()
		m.pointers += len(f.Pointer)
		if len(f.Pointer) > maxPointer {
			f.Pointer = strings.Clone(f.Pointer[:strings.LastIndexByte(f.Pointer[:maxPointer], '/')])
		}
	}
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

// edit returns a string without its secrets. A string of a document in which nothing was found is not
// searched again until it changes.
func (m *masker) edit(at site, s string) string {
	if at.entry == nil {
		return m.search(at, s)
	}
	if at.entry.searched && at.entry.text == s {
		return s
	}
	findings := m.noted()
	now := m.search(at, s)
	at.entry.searched = now == s && m.noted() == findings
	return now
}

func (m *masker) search(at site, s string) string {
	what := at.kind()
	secret := s != "" && secretValue(what, s)
	switch {
	case at.number && !secret || at.isMask(s):
		return s
	case at.Constant && at.Class == Whole && s != "":
		return m.maskOf(at)
	case secret && !placeholder(s):
		m.note(finding.SecretFound, at, "the "+at.where()+" contains "+what.String()+", according to the name of its member"+at.unmaskable())
		return m.maskOf(at)
	case at.number:
		return s
	case secret && m.whole(at):
		return m.maskOf(at) // a pseudonym of the placeholder would look like a secret
	}
	if m.known != nil {
		if now := m.known.replace(s, spans{closed: masks(s)}, minPart); now != s {
			m.note(finding.SecretFound, at, "the "+at.where()+" repeats a secret from the headers or the query")
			s = now
		}
	}
	hits := findAgain(m.scans, s, maxDepth)
	if at.Blob { // by contract, the whole string is base64, which may look random
		hits = slices.DeleteFunc(hits, func(h hit) bool { return h.what == secretAccessKey && !h.inside && isWord(s) })
	}
	if len(hits) == 0 && !(m.whole(at) && strings.Contains(s, Mask)) {
		return s
	}
	var b []byte
	end := 0
	for _, h := range hits {
		m.note(finding.SecretFound, at, fmt.Sprintf("the %s contains what looks like %s%s", at.where(), h.what, at.unmaskable()))
		b = append(append(b, s[end:h.from]...), Mask...)
		end = h.to
	}
	if m.whole(at) {
		return m.maskOf(at) // the rest of a sensitive string must not remain either
	}
	if now := string(append(b, s[end:]...)); at.takes(s, now) {
		return now
	}
	return m.maskOf(at)
}

// unmaskable says in a finding that no mask conforms to the contract.
func (p Place) unmaskable() string {
	if p.Unmaskable {
		return "; no mask conforms to the contract, so the recorded value violates it"
	}
	return ""
}

// maskOf returns the mask for a place, and remembers it for [Words].
func (m *masker) maskOf(at site) string {
	mask := at.mask()
	if mask != Mask {
		if m.masks == nil {
			m.masks = map[string]bool{}
		}
		m.masks[maskEntry+entryOf(mask)] = true
	}
	return mask
}

func (m *masker) whole(at site) bool { return at.class(m.all) == Whole }

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
type signing struct {
	secrets  []string
	invented bool // the key ID of Authorization or the query
}

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
		for piece := range strings.FieldsFuncSeq(credentialOf(value), func(r rune) bool { return strings.ContainsRune(":=, ", r) }) {
			if len(piece) >= minCookie { // the key ID and the signature of versions 2 and 3
				g.add(piece)
			}
		}
		return "", false
	}
	fields := strings.Split(rest, ",")
	g.invented = slices.ContainsFunc(fields, func(f string) bool {
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
			if !g.invented {
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
			g.invented = madeUp(key)
			return g.credential(s)
		case "awsaccesskeyid": // version 2
			g.invented = g.invented || madeUp(s)
			g.add(s)
			return Mask
		}
		switch kindOf(at.name) {
		case aSignature: // of version 2, CloudFront or Azure
			if isSignature(s, true) {
				signature = s
				return Mask
			}
		case aPolicy:
			if len(s) >= minPolicy && strings.HasPrefix(s, "eyJ") {
				g.add(s)
				return Mask
			}
		case aKeyPair:
			return Mask
		}
		return s
	})
	if !g.invented {
		g.add(signature)
	}
	q.Body = g.stream(q.Body, q.Header)
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
