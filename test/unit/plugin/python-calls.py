"""Prints the calls of mesh_lanes in the program on stdin as JSON: what is called, with which arguments, and what is read of the result."""

import ast
import json
import sys

tree = ast.parse(sys.stdin.read(), "example")


def camel_case(name):
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part.capitalize() for part in rest)


def value(node):
    """A literal as it is, and a type of the SDK as a map; anything else as a text, which stands for what is known at run time only."""
    if isinstance(node, ast.Dict):
        return {value(key): value(item) for key, item in zip(node.keys, node.values)}
    if isinstance(node, ast.List):
        return [value(item) for item in node.elts]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.endswith("Args"):
        return {camel_case(keyword.arg): value(keyword.value) for keyword in node.keywords}
    try:
        return ast.literal_eval(node)
    except ValueError:
        return "an output"


calls = {}
for node in ast.walk(tree):
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
        continue
    function = node.value.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "mesh_lanes":
        arguments = {keyword.arg: value(keyword.value) for keyword in node.value.keywords}
        calls[node.targets[0].id] = {"component": function.attr, "arguments": arguments, "read": []}
for node in ast.walk(tree):
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in calls:
        calls[node.value.id]["read"].append(node.attr)
print(json.dumps(list(calls.values())))
