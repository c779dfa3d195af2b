import { describeProgram, startMesh } from "../own-program/steps";
import { endStack } from "../suite-stack";
import { buildHosts } from "./go-tools";
import { python, yaml } from "./programs";

describe("lanes in other languages, on an existing cluster and mesh", () => {
  let hosts: string;

  before(async () => {
    hosts = await buildHosts();
    await startMesh();
  });

  for (const language of [python, yaml]) describeProgram(language, () => [hosts]);

  after(endStack);
});
