package redact

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// secretMembers are the names of members and parameters with secret values, in lower case and
// without punctuation.
var secretMembers = []string{
	"accesstoken", "apikey", "apitoken", "authorizationtoken", "authtoken", "bearertoken", "clientsecret", "idtoken", "masteruserpassword",
	"passphrase", "passwd", "password", "privatekey", "pwd", "refreshtoken", "secret", "secretaccesskey", "secretbinary", "secretkey", "secretstring",
	"securitytoken", "sessiontoken", "userpassword", "xamzsecuritytoken", "xamzsignature",
}

func secretMember(name string) bool {
	if len(name) > 64 {
		return false
	}
	name = strings.Map(func(r rune) rune {
		if r < 0x80 && wordByte(byte(r)) {
			return r
		}
		return -1
	}, strings.ToLower(name))
	_, found := slices.BinarySearch(secretMembers, name)
	return found
}

// keptPlaceholder reports whether the value of a secret member is a placeholder that is recorded
// unchanged: its pseudonym would look like a secret. The account in an ARN is still replaced.
func keptPlaceholder(name, value string) bool {
	return name != "" && secretMember(name) && placeholder(value) && !arnReference(value)
}

// members finds the values of secret members in a string that contains JSON, up to the first syntax
// error, and in nested strings that contain JSON.
func (sc *scanner) members(hits []hit, s string, nested int) []hit {
	if start := strings.TrimLeft(s, " \t\r\n"); start == "" || start[0] != '{' && start[0] != '[' {
		return hits
	}
	sc.work += len(s)
	d := jsontext.NewDecoder(bytes.NewBufferString(s), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	names := []string{""} // the member name at each depth; the elements of a list have that of the list
	for {
		nesting := d.StackDepth()
		kind, n := d.StackIndex(nesting)
		isName := kind == '{' && n%2 == 0
		switch d.PeekKind() {
		case '"', '0':
			raw, err := d.ReadValue()
			if err != nil {
				return hits
			}
			end := int(d.InputOffset())
			value, at := string(raw), span{end - len(raw), end}
			if raw[0] == '"' {
				value, at = unquote(raw), span{at.from + 1, at.to - 1}
			}
			switch {
			case isName:
				names[nesting] = value
			case secretMember(names[nesting]) && value != "" && !placeholder(value):
				hits = append(hits, hit{at, what(names[nesting]), false})
			case nested > 0 && raw[0] == '"':
				hits = wholly(hits, sc.members(nil, value, nested-1), at)
			}
		default:
			if _, err := d.ReadToken(); err != nil {
				return hits
			}
			if now := d.StackDepth(); now > nesting {
				inherited := ""
				if kind, _ := d.StackIndex(now); kind == '[' {
					inherited = names[nesting]
				}
				names = append(names, inherited)
			} else {
				names = names[:now+1]
			}
		}
	}
}
