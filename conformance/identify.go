package conformance

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"regexp"
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

func (ids identifiers) replace(text []byte) []byte {
	return uuid().ReplaceAllFunc(bytes.Clone(text), func(found []byte) []byte {
		if other, ok := ids[string(found)]; ok {
			return []byte(other)
		}
		return found
	})
}

// interactions returns copies with the identifiers replaced.
func (ids identifiers) interactions(all []*traffic.Interaction) []*traffic.Interaction {
	var replaced []*traffic.Interaction
	for _, x := range all {
		y := *x
		request := *x.Request
		request.URL = string(ids.replace([]byte(x.Request.URL)))
		y.Request = &request
		y.Response.Body = traffic.BodyOf(ids.replace(x.Response.Body.Bytes))
		replaced = append(replaced, &y)
	}
	return replaced
}
