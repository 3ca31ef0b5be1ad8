-- Where requests go: to the workload here, to the other site's gate, or nowhere for a moment.
--
-- `mode` is "local", "peer", "hold" or "closed". A hold ends by itself at `ends` (monotonic seconds of HAProxy's own
-- clock) and becomes `after`, so that whoever asked for it may die. A request that another gate has passed on bears that
-- gate's epoch. One of a newer epoch than this gate's is served here: who passes on has let go of the workload. Requests
-- are passed on in newer epochs only, so that gates make no ring.
--
-- What a request says of epochs counts only if it bears the key that both gates were told; before that, none does.
local key = ""
local mode, after, ends, epoch = "closed", "closed", 0, 0
local served = 0 -- the last epoch in which a request of the other gate was served, but for a state that was handed over
local PATIENCE = 10 -- seconds that a request waits at most

local function now()
  local t = core.now()
  return t.sec + t.usec / 1e6
end

local function current()
  if mode == "hold" and now() >= ends then mode = after end
  return mode
end

-- The epoch in which the other gate passed a request on, -1 of one that it didn't.
local function epoch_of(txn)
  if key == "" or txn.sf:req_fhdr("x-mecctl-gate") ~= key then return -1 end
  return tonumber(txn.sf:req_fhdr("x-mecctl-epoch")) or -1
end

-- Waits as long as the gate is held, and leaves the way in the variable txn.way.
core.register_action("way", { "http-req" }, function(txn)
  local passed = epoch_of(txn)
  local last = now() + PATIENCE
  while now() < last do
    local is = current()
    -- Who passes on has let go of the workload, in an epoch that this gate hasn't been told of yet.
    if passed > epoch or is == "local" then
      if passed > served and not txn.sf:req_fhdr("x-mecctl-state"):match("%S") then served = passed end
      txn:set_var("txn.way", "local")
      return
    end
    -- What another gate passed on before it was told goes back there, in the newer epoch, and is served.
    if passed < epoch and is == "peer" then
      txn:set_var("txn.way", "peer")
      return
    end
    core.msleep(1)
  end
  txn:set_var("txn.way", "closed")
end)

-- The other gate has let go of the workload, in the epoch that it says: it is here.
core.register_action("take", { "http-req" }, function(txn)
  local passed = epoch_of(txn)
  txn:set_var("txn.known", passed >= 0)
  if passed > epoch then mode, epoch = "local", passed end
end)

core.register_fetches("epoch", function() return tostring(epoch) end)
core.register_fetches("key", function() return key end)

-- `gate mode`: tells; `gate mode local|peer|closed EPOCH`: sets; `gate mode hold SECONDS AFTER`: holds;
-- `gate mode commit EPOCH`: to the peer, but only from a hold that hasn't ended, in which nothing was served.
core.register_cli({ "gate", "mode" }, "gate mode [local|peer|closed|commit EPOCH | hold SECONDS AFTER]", function(applet, _, _, what, one, two)
  if what == "hold" then
    after, ends, mode = two, now() + tonumber(one), "hold"
  elseif what == "commit" then
    if current() == "hold" then mode, epoch = "peer", tonumber(one) end
  elseif what == "local" or what == "peer" or what == "closed" then
    mode = what
    epoch = tonumber(one) or epoch
  end
  applet:send(current() .. " " .. epoch .. " " .. served .. "\n")
end)

-- `gate key KEY`: what the other gate's requests bear, and those that this one passes on.
core.register_cli({ "gate", "key" }, "gate key KEY", function(applet, _, _, told)
  key = told
  applet:send("known\n")
end)

-- `gate busy`: how many requests the workload here has not answered yet.
core.register_cli({ "gate", "busy" }, "gate busy", function(applet)
  applet:send(tostring(core.backends["here"].servers["app"]:get_stats()["scur"]) .. "\n")
end)
