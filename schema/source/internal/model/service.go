package model

import (
	"fmt"
	"strings"
)

// ServiceName returns boto3's name of a service, which is the name of its folder in botocore. A
// model does not state it. Usually it is the service ID in lower case with hyphens.
func ServiceName(id string) string {
	name := strings.ReplaceAll(strings.ToLower(id), " ", "-")
	if short, ok := serviceNames[name]; ok {
		return short
	}
	return name
}

// serviceNames has the names that do not follow the rule: all of botocore 1.43.67, except
// sms-voice, a second name of pinpoint-sms-voice.
var serviceNames = map[string]string{
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

// Names assigns unique names to shapes. The value is the last suffix that was tried.
type Names map[string]int

// Unique returns the name, with a number if it is taken.
func (n Names) Unique(name string) string {
	unique := name
	for {
		if _, taken := n[unique]; !taken {
			n[unique] = 1
			return unique
		}
		n[name]++
		unique = fmt.Sprint(name, n[name])
	}
}
