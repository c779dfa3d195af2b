import { laneHeader } from "../lanes/rules";

/**
 * Fields of the JSON access log of every proxy. All but the last three are Istio's own (`EnvoyJSONLogFormatIstio` in
 * istio/istio pilot/pkg/model/telemetry_logging.go): a format of one's own takes the place of all of them.
 */
export const accessLogFields: Readonly<Record<string, string>> = {
  start_time: "%START_TIME%",
  route_name: "%ROUTE_NAME%",
  method: "%REQ(:METHOD)%",
  path: "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
  protocol: "%PROTOCOL%",
  response_code: "%RESPONSE_CODE%",
  response_flags: "%RESPONSE_FLAGS%",
  response_code_details: "%RESPONSE_CODE_DETAILS%",
  connection_termination_details: "%CONNECTION_TERMINATION_DETAILS%",
  bytes_received: "%BYTES_RECEIVED%",
  bytes_sent: "%BYTES_SENT%",
  duration: "%DURATION%",
  upstream_service_time: "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%",
  x_forwarded_for: "%REQ(X-FORWARDED-FOR)%",
  user_agent: "%REQ(USER-AGENT)%",
  request_id: "%REQ(X-REQUEST-ID)%",
  authority: "%REQ(:AUTHORITY)%",
  upstream_host: "%UPSTREAM_HOST%",
  upstream_cluster: "%UPSTREAM_CLUSTER_RAW%",
  upstream_local_address: "%UPSTREAM_LOCAL_ADDRESS%",
  downstream_local_address: "%DOWNSTREAM_LOCAL_ADDRESS%",
  downstream_remote_address: "%DOWNSTREAM_REMOTE_ADDRESS%",
  requested_server_name: "%REQUESTED_SERVER_NAME%",
  upstream_transport_failure_reason: "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
  // Every route of a lane group writes this header, so caller and callee log the same lane, whatever the group's mode.
  lane: `%REQ(${laneHeader})%`,
  // The pod that was chosen, also behind a fallback's aggregate cluster: workload;namespace;service;version;cluster.
  upstream_workload: "%UPSTREAM_METADATA(istio:workload)%",
  // A number; null for what is no gRPC. A gRPC call that failed has response code 200.
  grpc_status: "%GRPC_STATUS_NUMBER%",
};
