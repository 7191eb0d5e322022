"""A pocket calculator."""

import ast
import math
import operator

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow}
FUNCTIONS = {"max": max, "min": min, "exp": math.exp, "ln": math.log}


def calculated(numbers: str) -> float:
    """A sum as a person would key it in: numbers, + - * / ^, brackets, max, min, exp and ln. Nothing else."""

    def value(node: ast.expr) -> float:
        match node:
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.Name(id="inf"):
                return float("inf")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATORS[type(op)](value(left), value(right))
            case ast.Call(func=ast.Name(id=name), args=args):
                return FUNCTIONS[name](*map(value, args))
        raise ValueError(f"{numbers!r} is not a sum")

    return value(ast.parse(numbers.replace("^", "**"), mode="eval").body)
