package conformance

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/traffic"
)

var uuid = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
})

// identifiers replaces the UUIDs of a case's cassette by others, which follow
// from the seed and the case's name: a client cannot know a case by them.
type identifiers map[string]string

func newIdentifiers(seed uint64, c *scenario, interactions []*traffic.Interaction) identifiers {
	name := sha256.Sum256([]byte(c.Name))
	random := rand.New(rand.NewPCG(seed, uint64(name[0])<<24|uint64(name[1])<<16|uint64(name[2])<<8|uint64(name[3])))
	ids := identifiers{}
	for _, x := range interactions {
		for _, known := range uuid().FindAllString(x.Request.URL, -1) {
			if ids[known] == "" {
				ids[known] = newUUID(random)
			}
		}
	}
	return ids
}

// newUUID is a version 4 UUID (RFC 9562 section 5.4).
func newUUID(random *rand.Rand) string {
	high, low := random.Uint64(), random.Uint64()
	high = high&^0xf000 | 0x4000
	low = low&^(0xc<<60) | 0x8<<60
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", high>>32, high>>16&0xffff, high&0xffff, low>>48, low&0xffffffffffff)
}

// replace replaces the identifiers in a text.
func (ids identifiers) replace(text []byte) []byte {
	return []byte(ids.replacer().Replace(string(text)))
}

func (ids identifiers) replacer() *strings.Replacer {
	var pairs []string
	for known, other := range ids {
		pairs = append(pairs, known, other)
	}
	return strings.NewReplacer(pairs...) // known identifiers have one length: their order does not matter
}

// interactions returns copies with the identifiers replaced.
func (ids identifiers) interactions(all []*traffic.Interaction) []*traffic.Interaction {
	var replaced []*traffic.Interaction
	replacer := ids.replacer()
	for _, x := range all {
		y := *x
		request := *x.Request
		request.URL = replacer.Replace(x.Request.URL)
		y.Request = &request
		y.Response.Body = traffic.BodyOf([]byte(replacer.Replace(string(x.Response.Body.Bytes))))
		replaced = append(replaced, &y)
	}
	return replaced
}
