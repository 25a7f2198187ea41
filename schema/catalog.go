package schema

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Catalog is the contracts in force. It routes an HTTP request to the operation
// that it calls. From outside it is immutable and safe for concurrent use; the
// contracts of a [Service] are loaded when a request first may be for it.
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

// NewCatalog returns a catalog. Contracts of REST protocols whose method or URI
// is not known are not routed to, nor are those of awsJson without a target. Nor
// are those of other RPC protocols: their requests all look alike.
func NewCatalog(contracts ...*Contract) *Catalog { return NewServiceCatalog(nil, contracts...) }

// NewServiceCatalog returns a catalog that loads services on demand, beside
// contracts at hand.
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

// Contracts returns the contracts in the order in which they were given, then
// those of services, which are all loaded for it.
func (k *Catalog) Contracts() []*Contract {
	all := slices.Clone(k.contracts)
	for _, s := range k.services {
		s.load()
		all = append(all, s.contracts...)
	}
	return all
}

// Given returns the contracts that were at hand from the start.
func (k *Catalog) Given() []*Contract { return slices.Clone(k.contracts) }

// Services returns the number of services that are loaded on demand.
func (k *Catalog) Services() int { return len(k.services) }

// Len returns how many contracts there are. It loads all services.
func (k *Catalog) Len() int {
	n := len(k.contracts)
	for _, s := range k.services {
		s.load()
		n += len(s.contracts)
	}
	return n
}

// Named returns the contracts of an operation, which is named with or without
// its service; the empty name means all contracts. Of services only those that
// the name does not rule out are loaded.
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
	return found
}
