package finding

import (
	"fmt"
	"strconv"
	"strings"
)

// exchangeRenderers are those of rules about an exchange, an event stream or a recording.
var exchangeRenderers = map[RuleID]func(Finding) prose{
	StreamFraming: renderFraming,
	HTTPStatus: func(f Finding) prose {
		want := strings.Join(f.Wanted.OneOf, " or ")
		if want == "" {
			want = "a status of one of the operation's errors"
		}
		return prose{f.Found.Text, want, "unexpected status " + f.Found.Text}
	},
	HTTPContentType: renderContentType,
	ErrorUnidentified: func(f Finding) prose {
		if f.Problem == OfEvent {
			return prose{"no :error-code", ":error-code", "the error message names no error"}
		}
		return prose{"status " + f.Found.Text, "X-Amzn-Errortype, or code or __type in the body", "the response does not name its error"}
	},
	ErrorUnmodeled: renderUnmodeled,
	ErrorStatusMismatch: func(f Finding) prose {
		want := strings.Join(f.Wanted.OneOf, " or ")
		if f.Problem == Common {
			return prose{f.Found.Text, want, fmt.Sprintf("%s came with status %s, AWS sends it with %s", f.name(), f.Found.Text, want)}
		}
		return prose{f.Found.Text, want, fmt.Sprintf("%s came with status %s, its own is %s", f.name(), f.Found.Text, want)}
	},
	ErrorQueryCode: renderQueryCode,
	EchoMismatch: func(f Finding) prose {
		if f.Sensitive {
			return prose{message: "the value is not that of the request's " + f.name()}
		}
		got := f.Found.shown()
		return prose{got, strconv.Quote(f.Wanted.Text), fmt.Sprintf("the response has %s, the request's %s was %s", got, f.name(), quoted(f.Wanted.Text))}
	},
	HTTPNotRecorded: func(f Finding) prose {
		of, rules := "1 interaction", f.name()
		if f.Found.Length != 1 {
			of = fmt.Sprintf("%d interactions", f.Found.Length)
		}
		if rules == "response headers" {
			rules = "headers"
		}
		return prose{fmt.Sprintf("%d without %s", f.Found.Length, f.name()), "",
			fmt.Sprintf("the %s of %s were not recorded; rules on %s were not applied", f.name(), of, rules)}
	},
	EncodingMixed: func(f Finding) prose {
		document := "an HTTP body"
		if f.Found.Text == "sdk" {
			document = "an SDK dump"
		}
		return prose{f.Found.Text, f.Wanted.Text, "the document is " + document + ", unlike most of this source"}
	},
	TrafficOddEntry: func(f Finding) prose { return prose{"", f.Wanted.Text, f.Cause} },
}

// lacks says which message has no header of a name.
var lacks = map[string]string{
	":date":           "a signed message has no header :date",
	":message-type":   "the message has no string :message-type",
	":event-type":     "the event has no string :event-type",
	":exception-type": "the exception has no string :exception-type",
	":error-message":  "the error has no string :error-message",
}

func renderFraming(f Finding) prose {
	got := f.Found.Text
	switch f.Problem {
	case AfterEnd:
		return prose{"a message", "", "a message follows the signed message that ends the stream"}
	case NoHeader:
		return prose{"no " + f.name(), "", lacks[f.name()]}
	case WrongHeader:
		return prose{got, "", "the header " + f.name() + " is of type " + got + ", want " + f.Wanted.Type}
	case InSigned:
		return prose{got, "", "in a signed message: " + f.Cause}
	case MoreInSigned:
		return prose{"more bytes", "", "more than one message is in a signed message"}
	case MessageType:
		return prose{f.Found.shown(), "", ":message-type is " + f.Found.shown() + ", want event, exception or error"}
	case NoInitial:
		return prose{f.Found.clipped(), "", "the stream begins without " + f.Wanted.Text + ", which boto3 demands"}
	}
	message := f.Cause
	if f.Problem == NotStream {
		message = "the body is not an event stream: " + message
	}
	if f.Found.Kind == KindReplaced {
		message += "; the body holds U+FFFD, so a recorder may have replaced bytes that are not UTF-8"
	}
	return prose{got, "", message}
}

func renderContentType(f Finding) prose {
	got := f.Found.Text
	switch {
	case f.Found.Kind == KindAbsent:
		got = "none"
	case f.Problem == HeaderType:
		got = "a header of type " + got
	}
	header := "Content-Type"
	if f.Problem == OfEvent || f.Problem == HeaderType {
		header = ":content-type"
	}
	return prose{got, f.Wanted.Text, fmt.Sprintf("got %s %s, want %s", header, clip(got), f.Wanted.Text)}
}

func renderUnmodeled(f Finding) prose {
	p := prose{got: clip(f.name()), want: oneOf(f.Wanted.OneOf)}
	switch f.Problem {
	case OfEvent:
		p.message = "the stream has no exception " + quoted(f.name())
	case StreamError:
		p.message = "the stream ends with the error " + quoted(f.name()) + ", which is not an exception of the contract"
	case Common:
		p.message = fmt.Sprintf("the operation has no error %s, which any operation of AWS may return", quoted(f.name()))
	default:
		p.message = "the operation has no error " + quoted(f.name())
	}
	return p
}

// renderQueryCode is about CODE;FAULT: the code is wanted by its text, the fault by its kinds. The
// name is the error's.
func renderQueryCode(f Finding) prose {
	want := f.Wanted.Text + ";" + strings.Join(f.Wanted.OneOf, " or ")
	code, fault, _ := strings.Cut(f.Found.Text, ";")
	switch f.Problem {
	case NoErrorCode:
		return prose{"none", want, "the header X-Amzn-Query-Error is missing"}
	case OtherCode:
		return prose{f.Found.clipped(), want, fmt.Sprintf("the header X-Amzn-Query-Error names %s, the code of %s is %s", quoted(code), f.name(), f.Wanted.Text)}
	case OtherFault:
		return prose{f.Found.clipped(), want, fmt.Sprintf("the header X-Amzn-Query-Error says %s, %s is the fault of the %s", fault, f.name(), strings.ToLower(strings.Join(f.Wanted.OneOf, " or ")))}
	}
	return prose{f.Found.clipped(), want, "the header X-Amzn-Query-Error is not of the form CODE;Sender or CODE;Receiver"}
}
