/** Label of every object of a lane group, and of what is made for all of them. Its value is the group's name. */
export const groupLabel = "mesh-lanes/group";
