"""What is done about the organisation as a whole: champions, the programme, the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.per_agent.rules import plain
from ccsim.engine import functions
from ccsim.engine.rng import Stream
from ccsim.mechanisms.management import coaching, participation, programme, visible_successes

if TYPE_CHECKING:
    from benchmarks.per_agent.employee import Employee
    from benchmarks.per_agent.model import PerAgent

share, saturating = plain(functions.clip01), plain(functions.half_saturation)
lent, hours_bought, volunteers = (
    plain(coaching.lent_rights),
    plain(programme.hours_bought),
    plain(participation.volunteers),
)

ended, works = plain(visible_successes.completions), plain(visible_successes.succeeds)


def appoint(model: PerAgent) -> None:
    """Keep the wanted number of champions appointed."""
    p, week, serving = model.settings.champions, model.week, []
    for person in model.staff:
        if person.champion > 0.0:
            if week < person.vacant_until or person.hired_week == week or len(serving) >= p.count + p.departures:
                person.champion = 0.0
            else:
                person.champion = p.hours
                serving.append(person)
    if len(serving) >= p.count or p.hours <= 0.0:
        return
    heard = dict.fromkeys(model.staff, 0.0)
    for person in model.staff:
        for other in person.colleagues:
            heard[other] += 1.0
    while len(serving) < p.count:
        if p.placement == 0:
            wanted = serving[0].department if serving else None
        else:
            wanted = model.departments[len(serving) % len(model.departments)]
        free = [person for person in model.staff if person.champion == 0.0 and week >= person.vacant_until]
        near = [person for person in free if wanted is None or person.department is wanted]
        if not free:
            return
        best = max(near or free, key=lambda person: fitness(person, heard, model))
        best.champion = p.hours
        serving.append(best)


def fitness(person: Employee, heard: dict[Employee, float], model: PerAgent) -> float:
    """What speaks for a person as champion."""
    chosen = model.settings.champions.selection
    if chosen == 0:
        return model.draws.of_row(Stream.APPOINT, person.person, person.row)[0]
    if chosen == 1:
        return 0.5 * person.conviction + 0.3 * person.habit + 0.2 * person.skill
    return heard[person] + 1e-6 * person.conviction


def carry(model: PerAgent) -> None:
    """Champions spend their hours on colleagues and on routines."""
    p = model.settings.champions
    if p.count <= 0:
        return
    for champion in model.staff:
        hours = champion.champion_hours
        if hours <= 0.0:
            continue
        champion.department.champion_hours += hours
        champion.department.embedding += hours * share(p.embedding)
        reached = [person for person in model.staff if reaches(champion, person, p.authority)]
        if not reached:
            continue
        whole = hours * (1.0 - share(p.embedding))
        each = whole / len(reached)
        seen = each + p.example_share * (whole - each)
        for person in reached:
            person.coaching_hours += each
            person.borrowed_rights += lent(each, p.authority, p)
            speaks = 2.0 * saturating(seen, p.half_saturation)
            person.sources += speaks
            champion.influence += speaks


def reaches(champion: Employee, person: Employee, authority: float) -> bool:
    """Whether a champion reaches a person."""
    if person is champion:
        return False
    return (authority > 0.0 and person.department is champion.department) or champion in person.colleagues


def inform(model: PerAgent) -> None:
    """Spend the purse of the top."""
    p = model.settings.programme
    purse, whole = p.budget * p.top_down_share, p.communication + p.training + p.coaching
    posts, bosses = len(model.staff), len(model.leaders)
    if purse <= 0.0 or posts == 0:
        return
    output = hours_bought(purse, p.communication, whole, p.cost_per_hour) / (posts + bosses)
    trained = hours_bought(purse, p.training, whole, p.cost_per_hour) / posts
    coached = hours_bought(purse, p.coaching, whole, p.cost_per_hour) / max(1, bosses)
    for person in model.staff:
        if model.week >= person.vacant_until:
            person.announced_hours += output
            person.training_hours += trained
    for leader in model.leaders:
        leader.announced_hours += output
        leader.coaching_hours += coached


def involve(model: PerAgent) -> None:
    """Spend the purse of the bottom."""
    p, firm, posts = model.settings.programme, model.firm, len(model.staff)
    purse, whole = p.budget * (1.0 - p.top_down_share), p.improvement + p.immersion + p.embedding
    if purse <= 0.0 or posts == 0:
        return
    improvement = hours_bought(purse, p.improvement, whole, p.cost_per_hour)
    immersion = hours_bought(purse, p.immersion, whole, p.cost_per_hour)
    embedding = hours_bought(purse, p.embedding, whole, p.cost_per_hour) / posts
    willing, show, turn = model.draws.of_all(Stream.VOLUNTEER, model.week, posts, 3)
    in_post = [person for person in model.staff if model.week >= person.vacant_until]
    ready = {
        person
        for person in in_post
        if volunteers(person.conviction, person.leader.conviction if person.leader else 1.0, willing[person.row])
    }
    each = min(p.max_hours, improvement / max(1, len(ready)))
    for person in in_post:
        if person in ready:
            person.improvement_hours += each
            harvest(model, person, each, show[person.row])
        if turn[person.row] < immersion / 2.0 / posts:
            person.customer_hours += 2.0
            person.sources += 2.0
        person.department.embedding += embedding
        firm.embedding_hours += embedding


def harvest(model: PerAgent, person: Employee, hours: float, uniform: float) -> None:
    """Improvement time ends in a win, in a failure, or in nothing yet."""
    p, firm = model.settings.visible_successes, model.firm
    chance = ended(hours, p)
    if uniform < chance * works(firm.know_how, p):
        person.visible_successes += p.size
        person.department.visible_successes += p.story_value * (p.size * p.visibility)
        firm.improvements += p.size * p.visibility
    elif uniform < chance:
        person.setbacks += 1
        person.blamed += model.settings.empowerment.blame
        firm.failures += 1


def pay(model: PerAgent) -> None:
    """Book what the programme bought and took place."""
    firm = model.firm
    for person in model.staff:
        firm.announced_hours += person.announced_hours
        firm.training_hours += person.training_hours
        firm.improvement_hours += person.improvement_hours
        firm.customer_hours += person.customer_hours
    for leader in model.leaders:
        firm.announced_hours += leader.announced_hours
        firm.coaching_hours += leader.coaching_hours
    hours = (
        firm.announced_hours
        + firm.training_hours
        + firm.improvement_hours
        + firm.customer_hours
        + firm.embedding_hours
        + firm.coaching_hours
    )
    firm.spent += hours * model.settings.programme.cost_per_hour


def believe(model: PerAgent) -> None:
    """Leaders hear, believe, and grant or withhold."""
    firm, p = model.firm, model.settings.leadership
    successes = people = 0.0
    for department in model.departments:
        successes += department.visible_successes
        people += len(department.members)
    ahead = successes / max(1.0, people) - firm.visible_successes
    firm.visible_successes += (p.memory_rate if firm.visible_successes > 0.0 else 1.0) * ahead
    for leader in model.leaders:
        if leader.superior is not None:
            leader.heard_from = leader.superior.conviction, leader.superior.credibility
    for leader in model.leaders:
        leader.believe(successes, people)


def book(model: PerAgent) -> None:
    """Write the week's books, apart from what people add themselves."""
    p, firm = model.settings.accounts, model.firm
    firm.wages += p.leader_wage * len(model.leaders)
    for department in model.departments:
        firm.wages += p.wage * department.paid
        firm.handling += p.contact_cost * department.handled
        firm.compensation += department.goodwill
        firm.turnover_cost += p.replacement_weeks * p.wage * department.hires
    for segment in model.segments:
        firm.acquisition_cost += p.acquisition_cost * segment.joined
    firm.overhead += p.overhead * p.revenue * model.settings.organisation.customers


def count(model: PerAgent) -> None:
    """Count what concerns the whole: adoption away from the champions, and the executive."""
    firm, home = model.firm, model.departments[0]
    for department in model.departments:
        department.backlog += department.queue
        department.embedded += department.routine * department.posts
        department.standards += department.standard * department.posts
        if department.champion_hours > home.champion_hours:
            home = department
    for department in model.departments:
        if department is not home:
            firm.cross_adopters += department.adopters
            firm.cross_people += department.people
    highest = [leader.conviction for leader in model.leaders if leader.superior is None]
    if highest:
        total = 0.0
        for conviction in highest:
            total += conviction
        firm.executive_conviction += total / len(highest)
