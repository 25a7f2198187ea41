// Package proxy stands between a client in any language and an AWS service, so that what passes can
// be recorded.
//
// # Why not a plain reverse proxy
//
// A SigV4 signature covers the header Host. A client that is told another endpoint signs that
// endpoint's name, and the service refuses what a reverse proxy hands on. There are two ways out:
//
//	Resign   plain HTTP on loopback, to which an endpoint URL leads. The client has random credentials of the session, with which its signature
//	         is verified; the request is then signed with the user's credentials, for the upstream. Works with every SDK
//	Forward  an HTTPS proxy, which the variable HTTPS_PROXY leads to. It intercepts TLS with a certificate for the upstream alone; the
//	         client signs for the real service, and its signature passes untouched. SDKs that ignore HTTPS_PROXY or the variables of
//	         certificate authorities, as that for JavaScript does, need Resign
//
// Both send requests through [Target.Transport], such as a [recorder.Recorder], and to one upstream
// only.
//
// # Who may use them
//
// Only who knows the session's credentials: Resign refuses requests that are not signed with them,
// Forward asks for a user and a password, which are part of the URL in HTTPS_PROXY. Another process
// of the machine that finds the port gets neither answers nor signatures. Resign lends the user's
// credentials, so it also asks [Target.Allow] about each request; and the header Host must name its
// listener, lest a web page reach it by a name of its own (DNS rebinding).
//
// Forward refuses every host but the upstream instead of passing it on: the cassette then holds all
// that the client has said, and the proxy is no way for anybody into other networks. What the
// client must reach besides goes into NO_PROXY.
//
// # The certificate authority
//
// A session's authority makes one certificate, that of the upstream's host, to which its name
// constraints limit it anyway. Its key is forgotten at once, before the first connection; neither
// it nor the key of the certificate is ever written anywhere.
//
// # Refusals
//
// What does not reach the upstream is answered with a [Refusal]: a status and a code that SDKs do
// not retry, save that of an upstream that cannot be reached, which may be worth retrying.
package proxy
