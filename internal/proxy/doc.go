// Package proxy sits between a client in any language and an AWS service, so that their traffic can
// be recorded.
//
// # Why not a plain reverse proxy
//
// A SigV4 signature covers the header Host. A client with another endpoint signs the name of that
// endpoint, so the service refuses requests that a reverse proxy passes on. There are two ways out:
//
//	Resign   is a plain HTTP server on loopback, set as the endpoint URL. The client signs with
//	         random credentials of the session. The proxy verifies that signature, and signs the
//	         request for the upstream with the user's credentials. It works with every SDK.
//	Forward  is an HTTPS proxy, set as HTTPS_PROXY. It intercepts TLS with a certificate for the
//	         upstream only. The client signs for the real service, and its signature passes
//	         unchanged. SDKs that ignore HTTPS_PROXY or the variables for certificate authorities,
//	         such as that for JavaScript, need Resign.
//
// For an emulator on this machine neither is needed: Emulator passes requests as they come.
//
// All send requests through [Target.Transport], such as a [recorder.Recorder], and to one upstream
// only.
//
// # Access
//
// Only a client with the session's credentials can use a proxy. Resign refuses requests that are
// not signed with them. Forward requires a user and a password, which are part of the URL in
// HTTPS_PROXY. Another process on the machine that finds the port gets neither responses nor
// signatures. Since Resign signs with the user's credentials, it also calls [Target.Allow] for each
// request. The header Host must name the listener, so that no web page can reach it under another
// name (DNS rebinding). Requests without a signature pass if [Target.Unsigned] says that the service
// needs none, as for logging in; they stay unsigned.
//
// Emulator asks for no credentials, since every process of the machine reaches the emulator anyway. It
// refuses requests that were signed with a key that may be real.
//
// # Memory
//
// Headers decide before a body is read: a connection without credentials costs no more than its
// headers. Bodies of the session's clients are read in turn, within one bound, see [MaxInFlight].
// Each pause within a body has a limit.
//
// Forward refuses every host except the upstream. The cassette therefore contains everything that
// the client has sent through the proxy, and the proxy does not open a way into other networks. Any
// other host that the client must reach goes into NO_PROXY.
//
// # The certificate authority
//
// The authority of a session issues one certificate, for the host of the upstream; its name
// constraints allow no other host. Its key is discarded before the first connection. Neither this
// key nor that of the certificate is ever written to disk.
//
// # Refusals
//
// The response to a request that does not reach the upstream is a [Refusal]. SDKs do not retry its
// status and code, except if too much is in flight or the upstream cannot be reached, where a retry
// may help.
package proxy
