-- Replays signed posts from a file, each once; every thread takes its own share of the lines.
local threads = 0
function setup(thread)
  thread:set("share", threads)
  threads = threads + 1
end

function init(args)
  local file, count = args[1], tonumber(args[2])
  requests, at, ok, other = {}, 0, 0, 0
  local line = 0
  for text in io.lines(file) do
    if line % count == share then
      local signature, body = text:match("^(%S+) (.*)$")
      requests[#requests + 1] = wrk.format("POST", nil, {
        ["Content-Type"] = "application/x-www-form-urlencoded",
        ["X-Twilio-Signature"] = signature,
      }, body)
    end
    line = line + 1
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
