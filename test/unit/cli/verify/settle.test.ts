import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { waitForLanes } from "../../../../cli/verify/settle";
import { silentReporter } from "../../../../tools/report/reporter";
import { strictGroup } from "./fixtures";

describe("waitForLanes", () => {
  let server: Server;
  let asked: string[];

  /** A gateway that finds the pods of a lane from its so-many-th request on. */
  async function wait(from: Readonly<Record<string, number>>, patienceMs?: number): Promise<void> {
    asked = [];
    server = createServer((request, response) => {
      const lane = String(request.headers["x-lane"]);
      asked.push(lane);
      const version = lane === "s1" ? "v1" : "v2";
      const found = asked.filter((each) => each === lane).length >= (from[lane] ?? 1);
      response.writeHead(found ? 200 : 503);
      response.end(`-> mocka(version: ${version}, ip: 10.0.0.1)-> mockb(version: ${version}, ip: 10.0.0.2)`);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await waitForLanes([{ group: strictGroup(), url }], silentReporter, patienceMs);
  }

  afterEach((done) => {
    server.close(done);
  });

  it("asks once where every lane is answered", async () => {
    await wait({});
    assert.deepEqual(asked, ["s1", "s2"]);
  });

  it("asks again until the last lane is", async () => {
    await wait({ s2: 3 });
    assert.deepEqual(asked, ["s1", "s2", "s1", "s2", "s1", "s2"]);
  });

  it("ends with its patience, and leaves it to the proof to say what is wrong", async () => {
    await wait({ s2: 1000 }, 0);
    assert.deepEqual(asked, ["s1", "s2"]);
  });
});
