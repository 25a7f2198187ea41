package schema

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/crcheck/crcheck/internal/spelling"
	"github.com/crcheck/crcheck/internal/wording"
)

// Catalog is the set of contracts in force. It routes an HTTP request to the operation that it
// calls. It is safe for concurrent use. It loads the contracts of a [Service] when a request first
// may be for it.
type Catalog struct {
	contracts []*Contract
	named     map[string][]*Contract // by operation, and by service and operation
	known     map[string]bool        // names of services, signing names and endpoints
	routes    *table                 // of the contracts

	services  []*service            // in the order of their names
	bySigning map[string][]*service // by signing name; "": not signed
	byPrefix  map[string][]*service // by the last dotted part of the target prefix
	endpoints map[string][]*service // by endpoint prefix
	scan      sync.Once             // of the templates of all services
}

// NewCatalog returns a catalog of contracts. Requests are not routed to contracts of REST protocols
// without a method or URI, of awsJson without a target, and of other RPC protocols, whose requests
// do not differ in method and URI.
func NewCatalog(contracts ...*Contract) *Catalog { return NewServiceCatalog(nil, contracts...) }

// NewServiceCatalog returns a catalog of contracts and of services to load on demand.
func NewServiceCatalog(services []Service, contracts ...*Contract) *Catalog {
	k := &Catalog{contracts: slices.Clone(contracts), named: map[string][]*Contract{}, known: map[string]bool{}, routes: newTable(contracts),
		bySigning: map[string][]*service{}, byPrefix: map[string][]*service{}, endpoints: map[string][]*service{}}
	for _, c := range contracts {
		for _, name := range []string{c.Operation, c.Name()} {
			k.named[name] = append(k.named[name], c)
		}
		for _, name := range []string{c.Service, c.Signing.Or(c.Service), c.endpoint()} {
			k.known[name] = true
		}
	}
	for _, s := range services {
		k.services = append(k.services, &service{Service: s})
	}
	slices.SortStableFunc(k.services, func(a, b *service) int { return cmp.Compare(a.Name, b.Name) })
	for _, s := range k.services {
		k.bySigning[s.Signing] = append(k.bySigning[s.Signing], s)
		if s.TargetPrefix != "" {
			last := lastPart(s.TargetPrefix)
			k.byPrefix[last] = append(k.byPrefix[last], s)
		}
		if s.Endpoint != "" {
			k.endpoints[s.Endpoint] = append(k.endpoints[s.Endpoint], s)
		}
		for _, name := range []string{s.Name, s.Signing, s.Endpoint} {
			k.known[name] = true
		}
	}
	delete(k.known, "")
	return k
}

// Contracts loads all services. It returns the given contracts, in their order, and then those of
// the services.
func (k *Catalog) Contracts() []*Contract {
	all := slices.Clone(k.contracts)
	for _, s := range k.services {
		s.load()
		all = append(all, s.contracts...)
	}
	return all
}

// Given returns the contracts that the catalog was created with.
func (k *Catalog) Given() []*Contract { return slices.Clone(k.contracts) }

// Services returns the number of services that are loaded on demand.
func (k *Catalog) Services() int { return len(k.services) }

// ServiceNames returns the names of all services, sorted. It loads none.
func (k *Catalog) ServiceNames() []string {
	names := map[string]bool{}
	for _, c := range k.contracts {
		names[c.Service] = true
	}
	for _, s := range k.services {
		names[s.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Len loads all services and returns the number of contracts.
func (k *Catalog) Len() int {
	n := len(k.contracts)
	for _, s := range k.services {
		s.load()
		n += len(s.contracts)
	}
	return n
}

// Named returns the contracts of an operation, given as OPERATION or SERVICE.OPERATION. The empty
// name means all contracts. If no service of the name has the operation, SERVICE may also be an
// endpoint prefix or a signing name, after a prefix that ends in a dot, as in the names of placebo's
// files. Named loads only services that may have the operation.
func (k *Catalog) Named(operation string) []*Contract {
	if operation == "" {
		return k.Contracts()
	}
	found := slices.Clone(k.named[operation])
	name, _, qualified := strings.Cut(operation, ".")
	if !qualified {
		k.scan.Do(k.scanAll)
	}
	for _, s := range k.services {
		if qualified && s.Name != name || !qualified && !s.mayBeOf(operation) {
			continue
		}
		s.load()
		for _, c := range s.contracts {
			if c.Operation == operation || c.Name() == operation {
				found = append(found, c)
			}
		}
	}
	if qualified && len(found) == 0 {
		return k.alsoNamed(operation)
	}
	return found
}

// alsoNamed returns the contracts of an operation whose service is given by its endpoint prefix or
// signing name.
func (k *Catalog) alsoNamed(operation string) (found []*Contract) {
	dot := strings.LastIndexByte(operation, '.')
	service, operation := operation[:dot], operation[dot+1:]
	for {
		for _, c := range k.contracts {
			if c.Operation == operation && (service == c.Service || service == c.endpoint() || service == c.Signing.Or(c.Service)) {
				found = append(found, c)
			}
		}
		for _, s := range k.services {
			if s.Name != service && s.Endpoint != service && s.Signing != service {
				continue
			}
			s.load()
			for _, c := range s.contracts {
				if c.Operation == operation {
					found = append(found, c)
				}
			}
		}
		_, rest, more := strings.Cut(service, ".")
		if len(found) > 0 || !more {
			return found
		}
		service = rest
	}
}

// UnknownOperation returns the error for an operation that [Catalog.Named] does not find, with the
// operation that was probably meant. It loads no services.
func (k *Catalog) UnknownOperation(operation string) error {
	var known []string
	for _, c := range k.contracts {
		known = append(known, c.Operation, c.Name())
	}
	return fmt.Errorf("no loaded contract has the operation %s%s", wording.Clip(operation, 200), spelling.Hint(operation, known, "choose its contract with --contract"))
}
