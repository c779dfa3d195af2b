import { endStack } from "../suite-stack";
import { describeProgram, startMesh } from "./steps";
import { typescript } from "./typescript";

describe("a lane group in a program of one's own, on an existing cluster and mesh", () => {
  before(startMesh);

  describeProgram(typescript);

  after(endStack);
});
