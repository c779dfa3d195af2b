/*
 * What to do about calls that get past the routes of a service: a route is found by the Host that an app sends.
 */

export const sendItsName = "Send the Service's name as Host, in nginx `proxy_set_header Host $proxy_host`.";
export const callByName = "Call the Service by its name.";
