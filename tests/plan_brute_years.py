"""Enumeration of tiny plans over years: every site, year, source, route and payer; shares only inputs with the search."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise, product

import numpy as np
from plan_brute import _beams_fit, _paths, _site_choices
from scipy.optimize import linprog

from planner.plan.rules import Rules
from planner.plan.types import Problem


def year_worth(rules: Rules) -> list[float]:
    each = [(1 + rules.discount_share_per_year) ** -k for k in range(max(len(rules.years), rules.horizon_years))]
    n = len(rules.years)
    return [w / sum(each) for w in [*each[: n - 1], sum(each[n - 1 :])]]


def within(code: str, area: str, rules: Rules) -> bool:
    return any(code == c or code.startswith(c + ".") for c in rules.groups.get(area, (area,)))


class Brute:
    """The best plan over years by trying all of them; ``best`` is −inf when floors without a price cannot be met."""

    def __init__(self, problem: Problem, rules: Rules) -> None:
        self.problem, self.rules = problem, rules
        self.worth = year_worth(rules)
        self.n_years, self.n_sources = len(rules.years), len(rules.sources)
        self.known: dict = {}
        self.best = -np.inf
        self.area = dict(zip(problem.candidates["candidate_id"], problem.candidates["area_code"], strict=True))
        self.money = ("cost_idr", None) if rules.is_present_value else ("capex_idr", "opex_idr_per_year")
        self.options = problem.options.to_dict("records")

    def run(self) -> float:
        places = sorted(set(self.problem.options["candidate_id"]))
        years = range(self.n_years)
        choices = [[None, *product(_site_choices(self.problem, name), years)] for name in places]
        every = []
        for picks in product(*choices):
            sites = [(name, *pick) for name, pick in zip(places, picks, strict=True) if pick is not None]
            if self._is_possible(sites):
                every.append((self._roof(sites), len(every), sites))
        for roof, _, sites in sorted(every, key=lambda item: -item[0]):
            if roof > self.best + 1e-9:
                self._route(sites)
        return self.best

    def _is_possible(self, sites) -> bool:
        counts = np.bincount([year for _, _, year in sites], minlength=self.n_years)
        if self.rules.most_sites and any(n > most for n, most in zip(counts, self.rules.most_sites, strict=True)):
            return False
        if not _beams_fit(self.problem, [(name, pick) for name, pick, _ in sites]):
            return False
        return self._can_pay([(self._own(name, pick), year, self._who(name)) for name, pick, year in sites])

    def _who(self, name: str) -> list[int]:
        return [
            k for k, s in enumerate(self.rules.sources)
            if not s.only_in or any(within(self.area[name], a, self.rules) for a in s.only_in)
        ]  # fmt: skip

    def _own(self, name: str, pick) -> tuple[float, float]:
        option = self.options[pick["row"]]
        held = [option]
        if pick["beam"]:
            held += [d for _, b, d in self.problem.graph.edges(name, data=True) if b == pick["beam"]]
        return self._cost(held)

    def _cost(self, held, prefix="") -> tuple[float, float]:
        once, after = self.money
        return (
            sum(h.get(prefix + once, 0.0) for h in held),
            sum(h.get(prefix + after, 0.0) for h in held) if after else 0.0,
        )

    def _can_pay(self, items) -> bool:
        """Whether some payer of each item keeps every ceiling; spending only grows, so a broken one ends the branch."""
        spent = [[0.0] * self.n_years for _ in self.rules.sources]
        items = sorted(items, key=lambda item: len(item[2]))

        def pay(at: int) -> bool:
            if at == len(items):
                return True
            (once, after), year, who = items[at]
            for source in who:
                before = list(spent[source])
                spent[source][year] += once
                for t in range(year + 1, self.n_years):
                    spent[source][t] += after
                if self._is_kept(source, spent[source]) and pay(at + 1):
                    return True
                spent[source] = before
            return False

        return pay(0)

    def _is_kept(self, number: int, spent: list[float]) -> bool:
        source, has, out = self.rules.sources[number], 0.0, 0.0
        for ceiling, cost in zip(source.ceilings_idr, spent, strict=True):
            has = ceiling - source.kept_opex_idr_per_year + (has if source.carries_over else 0.0)
            out = cost + (out if source.carries_over else 0.0)
            if out > has + 1e-9:
                return False
        return True

    def _roof(self, sites) -> float:
        return self._value([[s for s in sites if s[2] <= t] for t in range(self.n_years)], {})

    def _value(self, by_year, routes) -> float:
        total = 0.0
        for t, sites in enumerate(by_year):
            is_last = t == self.n_years - 1
            key = (
                t if is_last else -1,
                tuple((n, p["row"], p["beam"]) for n, p, _ in sites),
                tuple(sorted((n, routes[n]) for n, _, _ in sites if n in routes)),
            )
            if key not in self.known:
                self.known[key] = serve(
                    self.problem, self.rules, sites, routes, self.worth[t] if is_last else 1.0, is_last
                )
            total += self.known[key] if is_last else self.worth[t] * self.known[key]
        return total

    def _route(self, sites) -> None:
        wired = [(name, pick, year) for name, pick, year in sites if pick["beam"] is None]
        lists = [
            [tuple((a, b, k) for a, b, k, _ in path) for path in _paths(self.problem, n, p["kinds"])]
            for n, p, _ in wired
        ]
        for paths in product(*lists):
            routes = {name: path for (name, _, _), path in zip(wired, paths, strict=True)}
            items = self._items(sites, routes)
            if items is None or not self._can_pay(items):
                continue
            value = self._value([[s for s in sites if s[2] <= t] for t in range(self.n_years)], routes)
            self.best = max(self.best, value)
            if self.best >= self._roof(sites) - 1e-9:
                return

    def _items(self, sites, routes):
        graph, year = self.problem.graph, {name: y for name, _, y in sites}
        towers = {name: y for name, pick, y in sites if pick["has_tower"]}
        links, relays = defaultdict(list), defaultdict(list)
        for name, path in routes.items():
            for link in path:
                if (link[1], link[0], link[2]) in links:
                    return None
                links[link].append(name)
            for before, after in pairwise(path):
                node = before[1]
                kinds = {graph.edges[link]["kind"] for link in (before, after)}
                if graph.nodes[node]["kind"] == "place" and "microwave" in kinds and towers.get(node, 99) > year[name]:
                    relays[node].append(name)
        items = [(self._own(name, pick), y, self._who(name)) for name, pick, y in sites]
        groups = [(self._cost([graph.edges[link]]), users) for link, users in links.items()]
        groups += [(self._cost([graph.nodes[node]], "tower_"), users) for node, users in relays.items()]
        for cost, users in groups:
            first = min(year[u] for u in users)
            who = sorted({s for u in users if year[u] == first for s in self._who(u)})
            items.append((cost, first, who))
        return items


def serve(problem: Problem, rules: Rules, sites, routes, worth: float, is_last: bool) -> float:
    """Most weight the sites can serve; in the last year less what floors lack (−inf where one must be met)."""
    level = problem.service["level"].to_numpy()
    rest = np.where(np.isin(level, ("unserved", "limited")), 1.0 - problem.service["served_share"].to_numpy(float), 0.0)
    demand, weight = problem.cells["demand_mbps"].to_numpy(float), problem.weight
    pairs = [
        (k, int(c)) for k, (_, pick, _) in enumerate(sites)
        for c in problem.indices[problem.indptr[pick["row"]] : problem.indptr[pick["row"] + 1]]
        if rest[int(c)] * weight[int(c)] > 0
    ]  # fmt: skip
    floors = rules.floors if is_last else ()
    n = len(pairs) + len(floors)
    rows, top = [], []
    for k, (_, pick, _) in enumerate(sites):
        rows.append([demand[c] * (j == k) for j, c in pairs] + [0.0] * len(floors))
        top.append(pick["mbps"])
    for cell in sorted({c for _, c in pairs}):
        rows.append([float(c == cell) for _, c in pairs] + [0.0] * len(floors))
        top.append(rest[cell])
    limits: dict = {}
    for k, (name, _, _) in enumerate(sites):
        for a, b, key in routes.get(name, ()):
            limits.setdefault((a, b, key), (problem.graph.edges[a, b, key]["capacity_mbps"], []))[1].append(k)
        if routes.get(name):
            root = routes[name][-1][1]
            limits.setdefault((root,), (problem.graph.nodes[root]["capacity_mbps"], []))[1].append(k)
    for mbps, users in limits.values():
        if np.isfinite(mbps):
            rows.append([demand[c] * (j in users) for j, c in pairs] + [0.0] * len(floors))
            top.append(mbps)
    codes = problem.cells["area_code"].tolist()
    for f, floor in enumerate(floors):
        slack = [-float(f == g) for g in range(len(floors))]
        rows.append([-weight[c] * within(codes[c], floor.area, rules) for _, c in pairs] + slack)
        top.append(-floor.least)
    gain = [-worth * weight[c] for _, c in pairs] + [f.price if f.price is not None else 0.0 for f in floors]
    bounds = [(0, 1)] * len(pairs) + [(0, None if f.price is not None else 0.0) for f in floors]
    if not n:
        return 0.0
    answer = linprog(
        gain, A_ub=np.array(rows) if rows else None, b_ub=np.array(top) if rows else None, bounds=bounds, method="highs"
    )
    return -np.inf if answer.status == 2 else float(-answer.fun)
