import time

import boto3


def results_of(client, membership, job, pause=5):
    """The code under test: waits for a job and says where its results are."""
    while True:
        answer = client.get_protected_job(membershipIdentifier=membership, protectedJobIdentifier=job)["protectedJob"]
        if answer["status"] not in ("SUBMITTED", "STARTED"):
            return answer["result"]["output"]["s3"]["location"]
        time.sleep(pause)


def test_waits_for_the_results():
    job = "00000000-0000-4000-8000-000000000504"
    client = boto3.client("cleanrooms")  # crcheck replay says where the service is
    where = results_of(client, "10000000-0000-4000-8000-000000000001", job, pause=0)
    assert where == f"s3://example-results/jobs/{job}/"
