#!/bin/sh
# Records the files of this folder again: sh record.sh, in this folder. Needs Python, Ruby's vcr, webmock
# and multi_json (Debian: ruby-vcr ruby-webmock ruby-multi-json), Node and Go.
set -eu
here=$(pwd)
work=$(mktemp -d)
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q betamax==0.9.0 placebo==0.10.0 boto3 requests mitmproxy
python3 service.py 18471 &
service=$!
trap 'kill $service; rm -rf "$work"' EXIT
sleep 1
"$work/venv/bin/python" record.py 18471
python3 -m venv "$work/venv2"
"$work/venv2/bin/pip" install -q boto3 requests langchain-tests==1.1.9 localstack-snapshot==0.4.0
"$work/venv2/bin/python" snapshots.py 18471
ruby record.rb 18471

"$work/venv/bin/mitmdump" -q -p 18472 -w "$here/mitmproxy.flows" &
proxy=$!
sleep 10
curl -s -o "$work/out" -x http://127.0.0.1:18472 -H 'X-Amz-Target: DynamoDB_20120810.DescribeTable' \
  -H 'Content-Type: application/x-amz-json-1.0' -d '{"TableName":"Movies"}' http://127.0.0.1:18471/
kill $proxy

for version in 2 5 6; do
  mkdir "$work/polly$version"
  cp record.mjs "$work/polly$version"
  (cd "$work/polly$version" && npm install --silent @pollyjs/core@$version @pollyjs/adapter-node-http@$version @pollyjs/persister-fs@$version &&
    node record.mjs 18471 $version && cp ./*.har "$here")
done
for version in 1 2 3 4; do
  mkdir "$work/go-vcr$version"
  cp "govcr$version.go.txt" "$work/go-vcr$version/main.go"
  (cd "$work/go-vcr$version" && go mod init recorder && go mod tidy && go run . 18471 && cp ./*.yaml "$here")
done
