/** Full name of the mock's service. */
export const mockName = "mesh_lanes.mock.v1.Mock";

/** Path of its unary method. */
export const callPath = `/${mockName}/Call`;
