package schema

import (
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/internal/awshttp"
)

// Service is a service whose contracts are loaded when a request first may be for it. The other
// fields decide that, so they must agree with the contracts.
type Service struct {
	Name         string // as in Contract.Service
	Signing      string // as in Contract.Signing; empty: its contracts do not state it
	Endpoint     string // endpoint prefix, such as "models.lex"; empty: not known
	Protocol     string // as in Contract.Protocol; empty: not known
	TargetPrefix string // of X-Amz-Target, which awsJson contracts have

	// Load returns the contracts, or none if they cannot be loaded, which Load reports itself. It
	// is called at most once, by one goroutine.
	Load func() []*Contract

	// Routes returns contracts that state only Operation, Method and URI, for less than Load costs.
	// If the function or its result is nil, the service is loaded instead. It is called at most
	// once, by one goroutine.
	Routes func() []*Contract
}

type service struct {
	Service
	once      sync.Once
	contracts []*Contract
	routes    *table

	scan       sync.Once
	operations map[string]bool // nil: not known
	templates  *table          // of contracts that state only a route; nil: not known
}

// scanned reads the routes of the operations on its first call.
func (s *service) scanned() *service {
	s.scan.Do(func() {
		if s.Routes == nil {
			return
		}
		bare := s.Routes()
		if bare == nil {
			return
		}
		s.operations = map[string]bool{}
		for _, c := range bare {
			s.operations[c.Operation] = true
		}
		if s.mayRoute(&asked{}) {
			s.templates = newTable(bare)
		}
	})
	return s
}

// mayBeOf reports whether the service could have an operation with a name.
func (s *service) mayBeOf(operation string) bool {
	known := s.scanned().operations
	return known == nil || known[operation]
}

// mayHave reports whether the service could have the route of a request. It is used if nothing else
// tells which services to load.
func (s *service) mayHave(a *asked) bool {
	if s.scanned().templates == nil {
		return true
	}
	var found matches
	s.templates.collect(a, &found, 0)
	return len(found.routes) > 0
}

func (s *service) load() *table {
	s.once.Do(func() {
		s.contracts = s.Load()
		s.routes = newTable(s.contracts)
	})
	return s.routes
}

// lastPart returns the last dotted part of a target prefix.
func lastPart(prefix string) string { return prefix[strings.LastIndexByte(prefix, '.')+1:] }

// at yields the services that may have the route of a request, with contracts of an affinity: see
// [asked.affinity]. It excludes services with another signing name or, if the request is not
// signed, with another host.
func (k *Catalog) at(affinity int, a *asked) iter.Seq[*service] {
	return func(yield func(*service) bool) {
		from := k.services
		switch {
		case len(from) == 0 || a.target == "" && !a.mayBeREST():
			return
		case affinity >= 2 && a.service == "":
			return
		case affinity >= 2:
			from = k.bySigning[a.service]
		case affinity == 1:
			from = a.endpoint
		case a.service != "":
			from = k.bySigning[""]
		case a.target != "":
			from = k.byPrefix[a.targetPrefix]
		case a.host != "":
			from = k.byHost(a)
		case !a.mayBeAWS():
			return
		}
		unknown := affinity == 0 && a.target == ""
		if unknown && len(from) == len(k.services) {
			k.scan.Do(k.scanAll)
		}
		for _, s := range from {
			if s.affinity(a) == affinity && s.mayRoute(a) && (!unknown || s.mayHave(a)) && !yield(s) {
				return
			}
		}
	}
}

// scanAll reads the routes of all services.
func (k *Catalog) scanAll() {
	var wait sync.WaitGroup
	next := make(chan *service)
	for range min(len(k.services), runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for s := range next {
				s.scanned()
			}
		})
	}
	for _, s := range k.services {
		next <- s
	}
	close(next)
	wait.Wait()
}

// byHost returns the services that may be behind a host of AWS with another endpoint: those with
// its signing name, or with its last part, which names such as BUCKET.s3 and ACCOUNT-ats.iot
// precede.
func (k *Catalog) byHost(a *asked) (found []*service) {
	signing := awshttp.SigningName(a.URL.Hostname())
	for _, s := range k.services {
		if s.Signing == signing || lastPart(s.Endpoint) == a.host {
			found = append(found, s)
		}
	}
	return found
}

// affinity returns the affinity of the service's contracts, or -1 if the request is signed for
// another service.
func (s *service) affinity(a *asked) (n int) {
	switch {
	case a.service != "" && s.Signing == a.service:
		n = 2
	case a.service != "" && s.Signing != "":
		return -1
	}
	if slices.Contains(a.endpoint, s) {
		n++
	}
	return n
}

// mayRoute reports whether the service's protocol can route a request.
func (s *service) mayRoute(a *asked) bool {
	if a.target != "" {
		return s.TargetPrefix != "" && lastPart(s.TargetPrefix) == a.targetPrefix
	}
	return !(&Contract{Protocol: Is(s.Protocol)}).rpc()
}
