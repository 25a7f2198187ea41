package awshttp

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ServiceName returns boto3's name of a service with this service ID, which is the name of its folder
// in botocore. A model does not state it. Usually it is the ID in lower case with hyphens.
func ServiceName(id string) string {
	name := strings.ReplaceAll(strings.ToLower(id), " ", "-")
	if short, ok := boto3Names[name]; ok {
		return short
	}
	return name
}

// EndpointVariables returns the environment variables with which SDKs find the endpoint of a service
// alone, given boto3's name of it: AWS_ENDPOINT_URL_ and the service ID in capitals (SDKs and Tools
// Reference Guide, "Service-specific endpoints"). A name that several service IDs have has several.
func EndpointVariables(service string) (names []string) {
	for id, name := range boto3Names {
		if name == service {
			names = append(names, id)
		}
	}
	if len(names) == 0 {
		names = []string{service}
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = "AWS_ENDPOINT_URL_" + strings.Map(func(c rune) rune {
			if c < utf8.RuneSelf && (unicode.IsLetter(c) || unicode.IsDigit(c)) {
				return unicode.ToUpper(c)
			}
			return '_'
		}, name)
	}
	return names
}

// boto3Names has the names that do not follow the rule: all of botocore 1.43.67, except
// sms-voice, a second name of pinpoint-sms-voice.
var boto3Names = map[string]string{
	"api-gateway":                     "apigateway",
	"app-mesh":                        "appmesh",
	"application-auto-scaling":        "application-autoscaling",
	"application-discovery-service":   "discovery",
	"auto-scaling":                    "autoscaling",
	"auto-scaling-plans":              "autoscaling-plans",
	"cloudhsm-v2":                     "cloudhsmv2",
	"cloudsearch-domain":              "cloudsearchdomain",
	"cloudwatch-events":               "events",
	"cloudwatch-logs":                 "logs",
	"cognito-identity-provider":       "cognito-idp",
	"config-service":                  "config",
	"cost-and-usage-report-service":   "cur",
	"cost-explorer":                   "ce",
	"data-pipeline":                   "datapipeline",
	"database-migration-service":      "dms",
	"device-farm":                     "devicefarm",
	"direct-connect":                  "directconnect",
	"directory-service":               "ds",
	"directory-service-data":          "ds-data",
	"dynamodb-streams":                "dynamodbstreams",
	"elastic-beanstalk":               "elasticbeanstalk",
	"elastic-load-balancing":          "elb",
	"elastic-load-balancing-v2":       "elbv2",
	"elasticsearch-service":           "es",
	"eventbridge":                     "events",
	"global-accelerator":              "globalaccelerator",
	"iot-data-plane":                  "iot-data",
	"iot-jobs-data-plane":             "iot-jobs-data",
	"iot-wireless":                    "iotwireless",
	"kinesis-analytics":               "kinesisanalytics",
	"kinesis-analytics-v2":            "kinesisanalyticsv2",
	"kinesis-video":                   "kinesisvideo",
	"lex-model-building-service":      "lex-models",
	"lex-models-v2":                   "lexv2-models",
	"lex-runtime-service":             "lex-runtime",
	"lex-runtime-v2":                  "lexv2-runtime",
	"machine-learning":                "machinelearning",
	"marketplace-commerce-analytics":  "marketplacecommerceanalytics",
	"marketplace-entitlement-service": "marketplace-entitlement",
	"marketplace-metering":            "meteringmarketplace",
	"migration-hub":                   "mgh",
	"resource-groups-tagging-api":     "resourcegroupstaggingapi",
	"route-53":                        "route53",
	"route-53-domains":                "route53domains",
	"s3-control":                      "s3control",
	"secrets-manager":                 "secretsmanager",
	"serverlessapplicationrepository": "serverlessrepo",
	"service-catalog":                 "servicecatalog",
	"service-catalog-appregistry":     "servicecatalog-appregistry",
	"sfn":                             "stepfunctions",
	"simpledb":                        "sdb",
	"storage-gateway":                 "storagegateway",
}
