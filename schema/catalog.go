package schema

import "slices"

// Catalog is the contracts in force. It routes an HTTP request to the operation
// that it calls. It is immutable and safe for concurrent use.
type Catalog struct {
	contracts []*Contract
	named     map[string][]*Contract // by operation, and by service and operation
	services  map[string]bool        // that contracts sign for, or go by
	targets   map[string][]*route    // of awsJson, by the whole of X-Amz-Target
	methods   map[string]*branch     // of REST, by HTTP method
}

// NewCatalog returns a catalog. Contracts of REST protocols whose method or URI
// is not known are not routed to, nor are those of awsJson without a target. Nor
// are those of other RPC protocols: their requests all look alike.
func NewCatalog(contracts ...*Contract) *Catalog {
	k := &Catalog{slices.Clone(contracts), map[string][]*Contract{}, map[string]bool{}, map[string][]*route{}, map[string]*branch{}}
	for _, c := range contracts {
		for _, name := range []string{c.Operation, c.Name()} {
			k.named[name] = append(k.named[name], c)
		}
		for _, name := range []string{c.Service, c.Signing.Or(c.Service), c.endpoint()} {
			k.services[name] = true
		}
		method, hasMethod := c.Method.Get()
		uri, hasURI := c.URI.Get()
		target, hasTarget := c.Target.Get()
		switch {
		case c.awsJSON() && hasTarget:
			k.targets[target] = append(k.targets[target], &route{contract: c})
		case !c.rpc() && hasMethod && hasURI:
			if k.methods[method] == nil {
				k.methods[method] = &branch{}
			}
			k.methods[method].add(newRoute(c, uri))
		}
	}
	for _, b := range k.methods {
		b.sort()
	}
	return k
}

// Contracts returns the contracts in the order in which they were given.
func (k *Catalog) Contracts() []*Contract { return slices.Clone(k.contracts) }

// Len returns how many contracts there are.
func (k *Catalog) Len() int { return len(k.contracts) }

// Named returns the contracts of an operation, which is named with or without
// its service; the empty name stands for all contracts.
func (k *Catalog) Named(operation string) []*Contract {
	if operation == "" {
		return k.Contracts()
	}
	return slices.Clone(k.named[operation])
}
