import assert from "node:assert/strict";
import { accessLogFields } from "../../../../components/mesh/access-log";

describe("accessLogFields", () => {
  it("has Istio's own fields, the lane, the pod that was chosen and what became of a gRPC call", () => {
    assert.deepEqual(Object.keys(accessLogFields).sort(), [
      ...["authority", "bytes_received", "bytes_sent", "connection_termination_details", "downstream_local_address"],
      ...["downstream_remote_address", "duration", "grpc_status", "lane", "method", "path", "protocol", "request_id"],
      ...["requested_server_name", "response_code", "response_code_details", "response_flags", "route_name"],
      ...["start_time", "upstream_cluster", "upstream_host", "upstream_local_address", "upstream_service_time"],
      ...["upstream_transport_failure_reason", "upstream_workload", "user_agent", "x_forwarded_for"],
    ]);
    assert.equal(accessLogFields.lane, "%REQ(x-mesh-lane)%");
  });
});
