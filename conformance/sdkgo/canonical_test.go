package sdkgo

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms/document"
	"github.com/aws/aws-sdk-go-v2/service/cleanrooms/types"
	"github.com/stretchr/testify/require"

	"github.com/crcheck/crcheck/schema"
	"github.com/crcheck/crcheck/schema/contracts"
)

func TestCanonicalJSON(t *testing.T) {
	job := func(job types.ProtectedJob) any { return &cleanrooms.GetProtectedJobOutput{ProtectedJob: &job} }
	at := func(sec, nsec int64) any { return job(types.ProtectedJob{CreateTime: aws.Time(time.Unix(sec, nsec))}) }
	units := func(f float64) any {
		return &types.BilledJobResourceUtilization{Units: &f}
	}
	tests := []struct {
		name   string
		output any
		want   string
	}{
		{"nothing", &cleanrooms.GetProtectedJobOutput{}, `{}`},
		{"empty structure", job(types.ProtectedJob{}), `{"protectedJob":{}}`},
		{"string", job(types.ProtectedJob{Id: aws.String("<é𝄞\n>")}), `{"protectedJob":{"id":"<é𝄞\n>"}}`},
		{"empty string", job(types.ProtectedJob{Id: aws.String("")}), `{"protectedJob":{"id":""}}`},
		{"unknown enum value", job(types.ProtectedJob{Status: "NEW"}), `{"protectedJob":{"status":"NEW"}}`},
		{"time", at(1700000000, 123e6), `{"protectedJob":{"createTime":"2023-11-14T22:13:20.123Z"}}`},
		{"time, whole seconds", at(0, 0), `{"protectedJob":{"createTime":"1970-01-01T00:00:00.000Z"}}`},
		{"time, finer than milliseconds", at(0, 1999999), `{"protectedJob":{"createTime":"1970-01-01T00:00:00.001Z"}}`},
		{"time before 1970", at(-1, 0), `{"protectedJob":{"createTime":"1969-12-31T23:59:59.000Z"}}`},
		{"time in another zone", job(types.ProtectedJob{CreateTime: aws.Time(time.Unix(0, 0).In(time.FixedZone("x", 3600)))}), `{"protectedJob":{"createTime":"1970-01-01T00:00:00.000Z"}}`},
		{"long", job(types.ProtectedJob{Statistics: &types.ProtectedJobStatistics{TotalDurationInMillis: aws.Int64(1<<53 + 1)}}), `{"protectedJob":{"statistics":{"totalDurationInMillis":9007199254740993}}}`},
		{"double", units(0.5), `{"units":0.5}`},
		{"whole double", units(4), `{"units":4}`},
		{"NaN", units(math.NaN()), `{"units":"NaN"}`},
		{"infinity", units(math.Inf(1)), `{"units":"Infinity"}`},
		{"minus infinity", units(math.Inf(-1)), `{"units":"-Infinity"}`},
		{"map", &types.ProtectedJobParameters{Parameters: map[string]string{"b": "", "a": "1"}}, `{"parameters":{"a":"1","b":""}}`},
		{"empty map", &types.ProtectedJobParameters{Parameters: map[string]string{}}, `{"parameters":{}}`},
		{"union of a structure", &types.ProtectedJobResult{Output: &types.ProtectedJobOutputMemberS3{Value: types.ProtectedJobS3Output{Location: aws.String("l")}}}, `{"output":{"s3":{"location":"l"}}}`},
		{"union of a list", &types.ProtectedJobResult{Output: &types.ProtectedJobOutputMemberMemberList{Value: []types.ProtectedJobSingleMemberOutput{{AccountId: aws.String("1")}}}}, `{"output":{"memberList":[{"accountId":"1"}]}}`},
		{"union of an empty list", &types.ProtectedJobResult{Output: &types.ProtectedJobOutputMemberMemberList{Value: []types.ProtectedJobSingleMemberOutput{}}}, `{"output":{"memberList":[]}}`},
		{"unknown union member", &types.ProtectedJobResult{Output: &types.UnknownUnionMember{Tag: "new"}}, `{"output":{"$unknown":"new"}}`},
		{"unions in a union", &types.ProtectedJobWorkerComputeConfiguration{Number: aws.Int32(4), Properties: &types.WorkerComputeConfigurationPropertiesMemberSpark{Value: map[string]string{"k": "v"}}}, `{"number":4,"properties":{"spark":{"k":"v"}}}`},
		{"document", &types.IdNamespaceAssociationInputReferenceProperties{IdMappingWorkflowsSupported: []document.Interface{document.NewLazyDocument(map[string]any{"x": []any{1, "two", nil}})}}, `{"idMappingWorkflowsSupported":[{"x":[1,"two",null]}]}`},
		{"blob and sparse list", &struct {
			Blob   []byte
			Sparse []*string
		}{[]byte("hi"), []*string{nil, aws.String("a")}}, `{"blob":"aGk=","sparse":[null,"a"]}`},
		{"members of the SDK's own", &cleanrooms.ListMembershipsOutput{MembershipSummaries: []types.MembershipSummary{}}, `{"membershipSummaries":[]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, string(canonicalJSON(test.output)))
		})
	}
}

// TestMembersOfTheContract holds the names that the output type is reported by
// to the newest contract, place by place. A union's members are no fields, which
// reflection could list: they are held by TestMemberName.
func TestMembersOfTheContract(t *testing.T) {
	c := contracts.MustLoad(contracts.Newest)
	root, ok := c.Root(schema.OutputPart)
	require.True(t, ok)
	members := 0
	var compare func(at string, s *schema.Shape, goType reflect.Type)
	compare = func(at string, s *schema.Shape, goType reflect.Type) {
		if goType.Kind() == reflect.Pointer {
			goType = goType.Elem()
		}
		if s.Type != schema.Structure || s.Union.Or(false) {
			return
		}
		require.Equal(t, reflect.Struct, goType.Kind(), at)
		fields := map[string]reflect.Type{}
		for i := range goType.NumField() {
			if f := goType.Field(i); f.IsExported() && f.Type != metadataType {
				fields[memberName(f.Name)] = f.Type
			}
		}
		for _, m := range s.Members {
			require.Contains(t, fields, m.Wire(), at)
			compare(at+"/"+m.Name, c.Resolve(m.Shape), fields[m.Wire()])
			delete(fields, m.Wire())
			members++
		}
		require.Empty(t, fields, "%s has fields that the contract does not know", at)
	}
	compare("", c.Resolve(root), reflect.TypeFor[cleanrooms.GetProtectedJobOutput]())
	require.Greater(t, members, 20)
}

// TestMemberName holds memberName to the SDK's deserializers: what they read
// from a name on the wire they store in the field, or the union member, of that
// name with a capital.
func TestMemberName(t *testing.T) {
	const module = "github.com/aws/aws-sdk-go-v2/service/cleanrooms"
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Version}} {{.Dir}}", module).Output()
	require.NoError(t, err)
	version, dir, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	require.Equal(t, "v"+Version, version, "Version is not what go.mod pins")
	text, err := os.ReadFile(filepath.Join(dir, "deserializers.go"))
	require.NoError(t, err)
	function := regexp.MustCompile(`^func awsRestjson1_deserialize\w*\(v \**(?:types\.)?(\w+)`)
	label := regexp.MustCompile(`^\t\tcase "([^"]+)"(?:, "[^"]+")?:$`)
	field := regexp.MustCompile(`\bsv\.(\w+)\b`)
	member := regexp.MustCompile(`^\t\t\tuv = &types\.(\w+)\{Value`)
	var shape, wire string
	checked := map[string]int{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if m := function.FindStringSubmatch(line); m != nil {
			shape, wire = m[1], ""
		} else if m := label.FindStringSubmatch(line); m != nil {
			wire = m[1]
		} else if m := field.FindStringSubmatch(line); m != nil && wire != "" {
			require.Equal(t, wire, memberName(m[1]), line)
			checked["fields"]++
		} else if m := member.FindStringSubmatch(line); m != nil {
			require.Equal(t, wire, memberName(strings.TrimPrefix(m[1], shape+"Member")), line)
			checked["union members"]++
		}
	}
	require.Greater(t, checked["fields"], 500)
	require.Greater(t, checked["union members"], 20)
}
