import { describeProgram, startMesh, stopMesh } from "./steps";
import { typescript } from "./typescript";

describe("a lane group in a program of one's own, on a cluster and a mesh that are there", () => {
  before(startMesh);

  describeProgram(typescript);

  after(stopMesh);
});
