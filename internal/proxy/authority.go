package proxy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// newCertificate creates a certificate authority, has it issue the one certificate of a host, and
// discards the key of the authority. It returns the authority's certificate as PEM, and the host's
// certificate with its key.
func newCertificate(host string) (authorityPEM []byte, server tls.Certificate, err error) {
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, server, fmt.Errorf("no session key can be made: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, server, fmt.Errorf("no session key can be made: %w", err)
	}
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{Organization: []string{"crcheck record, one session"}},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 0, 30),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
		PermittedDNSDomainsCritical: true,
	}
	leaf := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{Organization: []string{"crcheck record"}},
		NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		bits := 8 * len(compact(ip))
		leaf.IPAddresses = []net.IP{ip}
		authority.PermittedIPRanges = []*net.IPNet{{IP: compact(ip), Mask: net.CIDRMask(bits, bits)}}
	} else {
		leaf.DNSNames = []string{host}
		authority.PermittedDNSDomains = []string{host}
	}
	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return nil, server, fmt.Errorf("no session certificate can be made for %s: %w", host, err)
	}
	signed, err := x509.ParseCertificate(authorityDER) // unlike the template, it has a key identifier
	if err != nil {
		return nil, server, err
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, signed, key.Public(), authorityKey)
	if err != nil {
		return nil, server, fmt.Errorf("no session certificate can be made for %s: %w", host, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authorityDER}),
		tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: key}, nil
}

// compact returns the shortest form of an address.
func compact(ip net.IP) net.IP {
	if four := ip.To4(); four != nil {
		return four
	}
	return ip
}

// serial returns a random number, by which clients that store certificates distinguish sessions.
func serial() *big.Int {
	var bytes [16]byte
	rand.Read(bytes[:]) //nolint:errcheck // it never fails
	bytes[0] = bytes[0]&0x7f | 0x40
	return new(big.Int).SetBytes(bytes[:])
}
