# Records with VCR: ruby record.rb PORT
require "net/http"
require "vcr"

VCR.configure do |config|
  config.cassette_library_dir = "."
  config.hook_into :webmock
end

def record(name, options = {}, headers = {})
  path = name + (options[:serialize_with] == :json ? ".json" : ".yml")
  File.delete(path) if File.exist?(path)
  VCR.use_cassette(name, {record: :all}.merge(options)) do
    http = Net::HTTP.new("127.0.0.1", ARGV[0].to_i)
    request = Net::HTTP::Post.new("/", {"X-Amz-Target" => "DynamoDB_20120810.DescribeTable", "Content-Type" => "application/x-amz-json-1.0", "Accept-Encoding" => "identity"}.merge(headers))
    request.body = '{"TableName":"Movies"}'
    http.request(request)
  end
  text = File.read(path).gsub(/(recorded_at"?: ?"?)\w{3}, [^"\n]* GMT/, '\1Thu, 01 Jan 2026 00:00:00 GMT')
  File.write(path, text)
end

record("ruby-vcr")
record("ruby-vcr-json", serialize_with: :json)
record("ruby-vcr-base64", preserve_exact_body_bytes: true)
record("ruby-vcr-json-base64", preserve_exact_body_bytes: true, serialize_with: :json)
record("ruby-vcr-gzip", {}, {"Accept-Encoding" => "gzip"})
