-- Requests from a file (wrk.mjs writes it), in random order; the result as one line of JSON.
-- A line: the target, then a tab and `Name: value` for each further field.

local function parse(line)
  local parts = {}
  for part in line:gmatch("[^\t]+") do parts[#parts + 1] = part end
  local headers = { Host = wrk.headers["Host"] }
  for i = 2, #parts do
    local name, value = parts[i]:match("^([^:]+): (.*)$")
    headers[name] = value
  end
  return parts[1], headers
end

function init(args)
  local requests = {}
  for line in io.lines(args[1]) do
    local path, headers = parse(line)
    requests[#requests + 1] = wrk.format("GET", path, headers)
    -- A single request: wrk repeats it by itself, which costs less than asking Lua each time.
    wrk.path, wrk.headers = path, headers
  end
  if #requests == 1 then return end
  math.randomseed(tonumber(args[2]))
  local random, count = math.random, #requests
  request = function() return requests[random(count)] end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"duration":%d,"bytes":%d,"statusErrors":%d,"socketErrors":%d,"p50":%f,"p99":%f}\n',
    summary.requests, summary.duration, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
