-- For wrk with one thread: sends so many requests a second, spread evenly over its
-- connections, for so many seconds, and then nothing more, so that every request
-- that was sent is answered and can be counted. Arguments: RATE SECONDS.
local ffi = require 'ffi'
ffi.cdef [[
  typedef struct { long s; long ns; } moment;
  int clock_gettime(int clock, moment *now);
]]
local moment = ffi.new 'moment'
local function milliseconds()
  ffi.C.clock_gettime(1, moment) -- CLOCK_MONOTONIC
  return tonumber(moment.s) * 1e3 + tonumber(moment.ns) / 1e6
end

local threads = {}
function setup(thread)
  threads[#threads + 1] = thread
end

local requests, turn = {}, 0
local interval, limit, began
sent = 0 -- global: asked for in `done`, which runs elsewhere

function init(args)
  interval, limit = 1000 / tonumber(args[1]), tonumber(args[2]) * 1000
  local fields = {
    ['User-Agent'] = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0',
    ['Accept'] = '*/*',
    ['Accept-Encoding'] = 'identity',
    ['Accept-Language'] = 'en-GB,en;q=0.9',
  }
  for number = 0, 99 do
    local path = number == 50 and '/missing.png' or ('/page-%02d.html?visit=%d'):format(number % 40, number)
    requests[number] = wrk.format('GET', path, fields)
  end
end

function delay()
  local now = milliseconds()
  began = began or now
  local due = began + sent * interval
  if math.max(due, now) - began >= limit then return 3600000 end
  sent = sent + 1
  return math.max(0, math.floor(due - now))
end

function request()
  turn = turn + 1
  return requests[turn % 100]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(('RESULT {"sent":%d,"answered":%d,"errors":%d,"p50":%.3f,"p99":%.3f,"longest":%.3f}\n'):format(
    threads[1]:get('sent'), summary.requests, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
