package garden

import "github.com/aws/smithy-go"

func serviceAuthOptions(params *AuthResolverParameters) []*smithyauth.Option {
	var props smithy.Properties
	smithyhttp.SetSigV4SigningName(&props, "garden")
	return nil
}
