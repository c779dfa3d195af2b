import type { EngineEvent } from "@pulumi/pulumi/automation";

/** A text of the engine's as it is read: it colours them with tags such as `<{%fg 1%}>`. */
export function plain(text: string): string {
  return text.replace(/<\{%[^%]*%\}>/g, "");
}

/** What an event warns of: the program by `pulumi.log.warn`, a provider, or the engine itself. Its lines are one. */
export function warningOf({ diagnosticEvent }: EngineEvent): string | undefined {
  if (!diagnosticEvent) return undefined;
  const { severity, message, ephemeral } = diagnosticEvent;
  if (severity === "warning") {
    // The word itself is in the event's prefix. What a resource says while it is waited for is over with the wait.
    const text = ephemeral ? "" : inOneLine(message);
    return text === "" ? undefined : `warning: ${text.replace(/^warning: /, "")}`;
  }
  // What a process-backed resource says comes as lines of its provider's stderr, which the engine takes for information.
  return /^\s*(warning: .*)$/m.exec(plain(message))?.[1];
}

/** What a resource that is waited for says is wrong, such as a pod whose image cannot be pulled. */
export function stateOf({ diagnosticEvent }: EngineEvent): { readonly urn: string; readonly text: string } | undefined {
  if (!diagnosticEvent?.ephemeral || !diagnosticEvent.urn) return undefined;
  const { severity, urn, message } = diagnosticEvent;
  return severity === "warning" || severity === "error" ? { urn, text: inOneLine(message) } : undefined;
}

function inOneLine(message: string): string {
  return plain(message).replace(/\s+/g, " ").trim();
}
