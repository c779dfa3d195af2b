/** What the rules read of a pod. */
export interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  readonly securityContext?: SecurityContext & { readonly sysctls?: readonly unknown[] };
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Container {
  readonly name: string;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly securityContext?: SecurityContext;
}

interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly procMount?: string;
  readonly seccompProfile?: { readonly type: string };
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
}

const volumeTypes = new Set([
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"],
]);

/**
 * Where a pod breaks the `restricted` profile, which has all rules of `baseline`; empty when nowhere.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function restrictedViolations(pod: PodSpec): string[] {
  const found: string[] = [];
  const check = (ok: boolean, what: string) => {
    if (!ok) found.push(what);
  };
  check(!pod.hostNetwork && !pod.hostPID && !pod.hostIPC, "host namespaces");
  check((pod.securityContext?.sysctls ?? []).length === 0, "sysctls");
  for (const volume of pod.volumes ?? []) {
    const kinds = Object.keys(volume).filter((key) => key !== "name");
    check(
      kinds.every((kind) => volumeTypes.has(kind)),
      `volume ${kinds.join()}`,
    );
  }
  for (const { name, ports, securityContext: own = {} } of [...(pod.initContainers ?? []), ...pod.containers]) {
    const both = { ...pod.securityContext, ...own };
    check(own.privileged !== true, `${name}: privileged`);
    check(own.allowPrivilegeEscalation === false, `${name}: allowPrivilegeEscalation`);
    check(both.runAsNonRoot === true, `${name}: runAsNonRoot`);
    check(both.runAsUser !== 0, `${name}: runAsUser`);
    check(own.procMount === undefined || own.procMount === "Default", `${name}: procMount`);
    check(["RuntimeDefault", "Localhost"].includes(both.seccompProfile?.type ?? ""), `${name}: seccompProfile`);
    check(own.capabilities?.drop?.includes("ALL") ?? false, `${name}: capabilities.drop`);
    check(
      (own.capabilities?.add ?? []).every((capability) => capability === "NET_BIND_SERVICE"),
      `${name}: capabilities.add`,
    );
    check(
      (ports ?? []).every(({ hostPort = 0 }) => hostPort === 0),
      `${name}: hostPort`,
    );
  }
  return found;
}
