package synth

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/crcheck/crcheck/schema"
)

// Parts of samples that are visibly made up: the account is the one that the documentation of AWS
// uses in examples.
const (
	sampleAccount = "111122223333"
	sampleRegion  = "us-east-1"
)

// sampleTexts returns texts for a string, the best first, of which the contract may forbid any.
func (s *Synth) sampleTexts(shape *schema.Shape, words []string, pointer string) []string {
	kebab := strings.Join(words, "-")
	id := s.sampleUUID(noun(words, pointer))
	var all []string
	add := func(texts ...string) { all = append(all, texts...) }
	is := func(some ...string) bool { return hasAny(words, some...) }
	pattern := shape.Pattern.Or("")
	switch last := words[max(0, len(words)-1)]; {
	case strings.Contains(pattern, "arn:") || is("arn", "arns"):
		if text := s.filledARN(pattern, service(s.contract)); text != "" {
			add(text)
		}
		add(s.sampleARNs(words, id)...)
	case is("location") && is("s3"), strings.HasPrefix(strings.TrimLeft(pattern, "^("), "s3://"), last == "location":
		add("s3://example-bucket/results/", "s3://example-bucket/results/part-0.csv")
	case is("uri", "url", "endpoint", "link"):
		add("https://example.com/"+kebab, "s3://example-bucket/example.json", "example.com")
	case is("email"):
		add("jane.doe@example.com")
	case is("bucket"):
		add("example-bucket")
	case is("prefix"):
		add("results/", "results")
	case last == "key" && is("s3", "object"):
		add("results/part-0.csv")
	case is("account", "accounts", "owner"):
		add(sampleAccount, id)
	case is("region"):
		add(sampleRegion)
	case is("zone"):
		add(sampleRegion + "a")
	case is("description", "comment"):
		add("An example.")
	case is("message", "reason", "details"):
		add("An example message.")
	case is("token", "marker"):
		add("ZXhhbXBsZS10b2tlbg==", "example-token")
	case is("version"):
		add("1", "1.0", "1.0.0", "$LATEST")
	case is("ip", "cidr"):
		add("192.0.2.10", "192.0.2.0/24")
	case is("time", "date"):
		add("2024-05-14T23:40:00Z", "2024-05-14")
	case is("id", "ids", "identifier"):
		add(id)
	}
	add("example-"+kebab, "example-"+words[len(words)-1], "example_"+strings.Join(words, "_"), "Example"+strings.Join(titled(words), ""), "example", id)
	add(sampleAccount)
	add("https://example.com/", "s3://example-bucket/example/", "/example/"+kebab, "EXAMPLE", "1", "1.0")
	return all
}

func titled(words []string) []string {
	var all []string
	for _, w := range words {
		all = append(all, strings.ToUpper(w[:1])+w[1:])
	}
	return all
}

// noun returns what an identifier identifies, so that membershipId and the end of membershipArn are
// equal; for a bare "id", what the structure is called.
func noun(words []string, pointer string) string {
	rest := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return hasAny([]string{w}, "id", "identifier", "arn") })
	if len(rest) > 0 {
		return strings.Join(rest, "")
	}
	tokens := slices.DeleteFunc(strings.Split(pointer, "/"), func(token string) bool { return token == "*" })
	return strings.ToLower(tokens[max(0, len(tokens)-2)])
}

// sampleUUID returns a UUID of version 4 that follows from a word.
func (s *Synth) sampleUUID(of string) string {
	if s.seed != 0 {
		of = fmt.Sprint(of, "#", s.seed)
	}
	a, b := seedOf(of), seedOf(of+"/")
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", uint32(a>>32), uint16(a>>16), a&0xfff, b>>48&0xfff, b&(1<<48-1))
}

func service(c *schema.Contract) string { return c.Signing.Or(c.Service) }

// filledARN writes an ARN along a pattern whose parts, between colons and slashes, are patterns of
// their own: literal parts stay, and the others are an ID or a word. It returns an empty text for
// any other pattern.
func (s *Synth) filledARN(source, service string) string {
	source = strings.TrimSuffix(strings.TrimPrefix(source, "^"), "$")
	if !strings.HasPrefix(source, "arn:") {
		return ""
	}
	var text strings.Builder
	part, before := 0, ""
	for source != "" {
		end := partEnd(source)
		is, err := regexp.Compile("^(?:" + source[:end] + ")$")
		if err != nil {
			return ""
		}
		usual := []string{regexpLiteral(source[:end]), s.sampleUUID(strings.ToLower(before)), "example", "1"}
		if part < 5 {
			usual = append([]string{[]string{"arn", "aws", service, sampleRegion, sampleAccount}[part], regexpLiteral(source[:end])}, usual...)
		}
		at := slices.IndexFunc(usual, is.MatchString)
		if at < 0 {
			return ""
		}
		before = usual[at]
		text.WriteString(before)
		if source = source[end:]; source != "" {
			text.WriteByte(source[0])
			source = source[1:]
		}
		part++
	}
	return text.String()
}

// partEnd returns where a pattern has its first colon or slash outside of brackets, or its end.
func partEnd(source string) int {
	depth := 0
	for i := 0; i < len(source); i++ {
		switch source[i] {
		case '\\':
			i++
		case '[', '(':
			depth++
		case ']', ')':
			depth--
		case ':', '/':
			if depth == 0 {
				return i
			}
		}
	}
	return len(source)
}

// regexpLiteral returns a part of a pattern without escapes, which matches if it is a literal.
func regexpLiteral(source string) string { return strings.ReplaceAll(source, `\`, "") }

// arnServices has the service of ARNs by a word of the member's name.
var arnServices = map[string]string{"role": "iam:", "user": "iam:", "kms": "kms", "lambda": "lambda", "topic": "sns", "sns": "sns", "queue": "sqs", "bucket": "s3", "certificate": "acm", "secret": "secretsmanager"}

// sampleARNs returns ARNs for a member of these words.
func (s *Synth) sampleARNs(words []string, id string) []string {
	service := service(s.contract)
	kind := "resource"
	if rest := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return hasAny([]string{w}, "arn", "arns", "resource", "id") }); len(rest) > 0 {
		kind = strings.Join(rest, "-")
	}
	for _, w := range words {
		if other, ok := arnServices[w]; ok {
			service = strings.TrimSuffix(other, ":")
		}
	}
	regional := fmt.Sprintf("arn:aws:%s:%s:%s:", service, sampleRegion, sampleAccount)
	global := fmt.Sprintf("arn:aws:%s::%s:", service, sampleAccount)
	name := "example-" + kind
	var all []string
	switch service {
	case "iam":
		all = append(all, global+"role/"+name, global+"user/"+name)
	case "s3":
		all = append(all, "arn:aws:s3:::example-bucket", "arn:aws:s3:::example-bucket/example/")
	case "kms":
		all = append(all, regional+"key/"+id)
	case "lambda":
		all = append(all, regional+"function:"+name)
	case "sns", "sqs":
		all = append(all, regional+name)
	}
	return append(all, regional+kind+"/"+id, regional+strings.ReplaceAll(kind, "-", "")+"/"+id, regional+kind+"/"+name, regional+kind+":"+name, global+kind+"/"+name)
}
