package garden

func serviceAuthOptions(params *AuthResolverParameters) []*smithyauth.Option {
	var props smithy.Properties
	smithyhttp.SetSigV4SigningName(&props, "garden")
	return nil
}
