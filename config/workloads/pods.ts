import type { WorkloadPods } from "../../components/lanes/diff/sides";
import type { WorkloadArgs } from "../../components/workloads/args";
import { appContainer, deploymentSpec, labelsOfPods } from "../../components/workloads/deployment-spec";
import { drainOf } from "../../components/workloads/drain";
import { versionNamed } from "../../components/workloads/versions";
import { workloadArgs } from "./args";
import type { WorkloadConfig } from "./workloads";

/** What the pods of each version run, without secrets. */
export function podsOf(workload: WorkloadConfig): WorkloadPods {
  let asked: WorkloadArgs | undefined;
  let source: string | undefined;
  return {
    get source() {
      source ??= JSON.stringify(workload);
      return source;
    },
    of: (version) => {
      asked ??= workloadArgs(workload);
      const { image: usual = `the app ${workload.app}`, ...args } = asked;
      const own = versionNamed(args, version);
      const { template } = deploymentSpec({ ...args, image: "" }, version, { ...own, image: "" });
      const labels = labelsOfPods(args, version, own);
      const drainSeconds = drainOf(template, appContainer);
      return {
        ...{ image: String(own.image ?? usual), others: JSON.stringify(template), labels },
        ...(drainSeconds !== undefined && { drainSeconds }),
      };
    },
  };
}
