package types

import (
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cleanrooms/document"
)

// Bed is where things grow.
type Bed struct {

	// What grows there.
	//
	// This member is required.
	Kind Kind

	Odd *bool

	Url *string

	Planted *time.Time

	Growth Growth

	Soil []byte

	Sizes map[string][]float32

	Anything document.Interface

	Inner *Bed

	Picture io.ReadCloser

	Unheard unheard.Type

	noSmithyDocumentSerde
}

// Growth is a union.
//
// The following types satisfy this interface:
//
//	GrowthMemberHerb
//	GrowthMemberTree
type Growth interface {
	isGrowth()
}

type GrowthMemberHerb struct {
	Value string

	noSmithyDocumentSerde
}

func (*GrowthMemberHerb) isGrowth() {}

type GrowthMemberTree struct {
	Value Bed

	noSmithyDocumentSerde
}

func (*GrowthMemberTree) isGrowth() {}

type Filter interface {
	isFilter()
}

type FilterMemberByKind struct {
	Value Kind

	noSmithyDocumentSerde
}

func (*FilterMemberByKind) isFilter() {}

type FilterMemberByName struct {
	Value string

	noSmithyDocumentSerde
}

func (*FilterMemberByName) isFilter() {}

type UnknownUnionMember struct {
	Tag   string
	Value []byte

	noSmithyDocumentSerde
}

func (*UnknownUnionMember) isFilter() {}
func (*UnknownUnionMember) isGrowth() {}

type noSmithyDocumentSerde = smithydocument.NoSerde
