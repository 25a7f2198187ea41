"""Asks for jobs with boto3, and prints their statuses: boto3_get.py MEMBERSHIP JOB…"""

import sys

import boto3

client = boto3.client("cleanrooms")
for job in sys.argv[2:]:
    answer = client.get_protected_job(membershipIdentifier=sys.argv[1], protectedJobIdentifier=job)
    print(answer["protectedJob"]["status"])
