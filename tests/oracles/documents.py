"""Computes documents by itself, with `decimal` and `fractions`, and compares: python3 documents.py FILE CASES.

Each line of the file is a document and what the library made of it. The first difference ends the program with an error.
"""

import json
import sys
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction

# More digits than any product here has, so that only `quantize` rounds.
getcontext().prec = 60


class Refused(Exception):
    pass


def rounded(exact, document):
    """An exact number, as a Decimal or a Fraction, with the places of the currency."""
    if isinstance(exact, Fraction):
        unit = Fraction(1, 10 ** document["places"])
        units, rest = divmod(exact / unit, 1)
        half = Fraction(1, 2)
        if rest > half or (rest == half and document["rounding"] == "half_even" and units % 2 == 1):
            units += 1
        elif rest == half and document["rounding"] == "half_up" and exact > 0:
            units += 1
        return Decimal(int(units)).scaleb(-document["places"])
    mode = ROUND_HALF_EVEN if document["rounding"] == "half_even" else ROUND_HALF_UP
    return exact.quantize(Decimal(1).scaleb(-document["places"]), rounding=mode)


def discount_of(amount, discount, document):
    if discount is None:
        return Decimal(0)
    if "rate" in discount:
        left = rounded(amount * (100 - Decimal(discount["rate"])) / 100, document)
        return amount - left
    off = rounded(Decimal(discount["amount"]["amount"]), document)
    if not min(amount, 0) <= off <= max(amount, 0):
        raise Refused("line.discount_too_large")
    return off


def shared(whole, weights, document):
    """The whole by largest remainder."""
    total = sum(weights)
    if whole == 0:
        return [Decimal(0)] * len(weights)
    if total == 0:
        raise Refused("money.no_shares")
    unit = Fraction(1, 10 ** document["places"])
    size = abs(Fraction(whole)) / unit
    assert size.denominator == 1, "a sum is in whole units"
    due = [size * Fraction(weight) / Fraction(total) for weight in weights]
    units = [part.numerator // part.denominator for part in due]
    left = int(size) - sum(units)
    by_remainder = sorted(range(len(due)), key=lambda at: (units[at] - due[at], at))
    for at in by_remainder[:left]:
        units[at] += 1
    sign = 1 if whole > 0 else -1
    return [Decimal(sign * number).scaleb(-document["places"]) for number in units]


def tax_of(amount, rate, document):
    if document["prices"] == "net":
        return rounded(amount * rate / 100, document)
    return rounded(Fraction(amount) * Fraction(rate) / (100 + Fraction(rate)), document)


def computed(document):
    lines = []
    for line in document["lines"]:
        gross = rounded(Decimal(line["quantity"]) * Decimal(line["unit_price"]), document)
        discount = discount_of(gross, line["discount"], document)
        lines.append({"gross": gross, "discount": discount, "net": gross - discount})
    net = sum((line["net"] for line in lines), Decimal(0))
    discount = discount_of(net, document["discount"], document)
    for line, share in zip(lines, shared(discount, [line["net"] for line in lines], document)):
        line["share"] = share
        line["left"] = line["net"] - share
    rates = sorted({Decimal(line["tax_rate"]) for line in document["lines"]})
    taxes = []
    for rate in rates:
        of_rate = [
            line["left"] for line, given in zip(lines, document["lines"]) if Decimal(given["tax_rate"]) == rate
        ]
        left = sum(of_rate, Decimal(0))
        if document["tax_rounding"] == "per_rate":
            tax = tax_of(left, rate, document)
        else:
            tax = sum((tax_of(amount, rate, document) for amount in of_rate), Decimal(0))
        taxes.append({"rate": rate, "net": left - tax if document["prices"] == "gross" else left, "tax": tax})
    net = sum((one["net"] for one in taxes), Decimal(0))
    tax = sum((one["tax"] for one in taxes), Decimal(0))
    return {"lines": lines, "discount": discount, "taxes": taxes, "net": net, "tax": tax, "total": net + tax}


def recurs(document):
    yearly, contract = Fraction(0), Fraction(0)
    for line in document["recurring"]:
        net, months = Fraction(line["net"]), line["months"]
        if months is None:
            contract += net
        else:
            yearly += net * 12 / months
            contract += net * (line["term"] or months) / months
    return [rounded(exact, document) for exact in (yearly, yearly / 12, contract)]


def plain(value):
    """The numbers of a result as Decimals, so that 1.5 is 1.50."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value if isinstance(value, Decimal) else Decimal(value)


def compare(number, what, document, expected, found):
    if expected != found:
        sys.exit(f"document {number}: {what} differs\nexpected {expected}\nfound    {found}\n{json.dumps(document)}")


def main():
    path, cases = sys.argv[1], int(sys.argv[2])
    number = computed_ones = 0
    with open(path, encoding="utf-8") as file:
        for number, text in enumerate(file, start=1):
            document = json.loads(text)
            result = document["result"]
            try:
                expected = computed(document)
            except Refused as refused:
                compare(number, "the refusal", document, str(refused), result.get("refused"))
            else:
                compare(number, "the result", document, None, result.get("refused"))
                compare(number, "the result", document, expected, plain(result))
                computed_ones += 1
            weights = [Decimal(weight) for weight in document["weights"]]
            shares = shared(Decimal(document["whole"]), weights, document)
            compare(number, "a share", document, shares, plain(document["shares"]))
            compare(number, "what recurs", document, recurs(document), plain(document["recurs"]))
    if number != cases or computed_ones * 2 < cases:
        sys.exit(f"{number} documents were read and {computed_ones} computed, of {cases}")
    print(f"{number} documents, {computed_ones} of them with totals: no difference")


main()
