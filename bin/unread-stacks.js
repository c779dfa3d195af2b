// Pulumi keeps the stack of each promise that it makes, for its search for leaks, and the place in the program of each
// resource, which was a tenth of the state: the engine writes it twice for each resource. To write and to map thousands
// of stacks that nobody reads takes as long as loading the program, and most of the time of a unit test that runs one.
// To be loaded when the hook that maps stacks is in place.
const { prepareStackTrace } = Error;
const promises = process.env.PULUMI_DEBUG_PROMISE_LEAKS ? [] : ["debuggablePromise"];
const unread = new Set([...promises, "callsites"]);
const isUnread = (frame) =>
  unread.has(frame?.getFunctionName()) && /[\\/]@pulumi[\\/]pulumi[\\/]/.test(frame.getFileName() ?? "");
Error.prepareStackTrace = (error, trace) => (isUnread(trace[0]) ? String(error) : prepareStackTrace(error, trace));
