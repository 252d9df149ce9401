/* The service phase by hand: what ccsim.mechanisms.service.serve does, with the same arithmetic in the same order.
 *
 * declared.h is made from the declarations of populations and parameters (see build.py), so it knows every column.
 * Appeals share what they have in common, as a C programmer would write it, only where the result is the same bits.
 */
#include <stdint.h>
#include "declared.h"

enum { FAST, SCRIPT, SOLVE, HAND_OVER, ESCALATE };

static inline double share(double x) { return x < 0.0 ? 0.0 : x > 1.0 ? 1.0 : x; }
static inline double saturating(double x, double half) { return x > 0.0 ? x / (x + half) : 0.0; }
static inline double larger(double a, double b) { return a > b ? a : b; }

/* 2^(k/32), each rounded once. */
static const double roots[32] = {
    0x1.0000000000000p+0, 0x1.059b0d3158574p+0, 0x1.0b5586cf9890fp+0, 0x1.11301d0125b51p+0,
    0x1.172b83c7d517bp+0, 0x1.1d4873168b9aap+0, 0x1.2387a6e756238p+0, 0x1.29e9df51fdee1p+0,
    0x1.306fe0a31b715p+0, 0x1.371a7373aa9cbp+0, 0x1.3dea64c123422p+0, 0x1.44e086061892dp+0,
    0x1.4bfdad5362a27p+0, 0x1.5342b569d4f82p+0, 0x1.5ab07dd485429p+0, 0x1.6247eb03a5585p+0,
    0x1.6a09e667f3bcdp+0, 0x1.71f75e8ec5f74p+0, 0x1.7a11473eb0187p+0, 0x1.82589994cce13p+0,
    0x1.8ace5422aa0dbp+0, 0x1.93737b0cdc5e5p+0, 0x1.9c49182a3f090p+0, 0x1.a5503b23e255dp+0,
    0x1.ae89f995ad3adp+0, 0x1.b7f76f2fb5e47p+0, 0x1.c199bdd85529cp+0, 0x1.cb720dcef9069p+0,
    0x1.d5818dcfba487p+0, 0x1.dfc97337b9b5fp+0, 0x1.ea4afa2a490dap+0, 0x1.f50765b6e4540p+0,
};

static inline double power_of_e(double x)
{
    x = x < -500.0 ? -500.0 : x > 500.0 ? 500.0 : x;
    double whole = (x * (1.4426950408889634 * 32) + 0x1.8p52) - 0x1.8p52; /* the nearest whole number */
    double r = (x - whole * (6.93147180369123816490e-01 / 32)) - whole * (1.90821492927058770002e-10 / 32);
    double low = 0.5 + r * 0.16666666666666666, high = 0.041666666666666664 + r * 0.008333333333333333;
    double series = (1.0 + r) + r * r * (low + r * r * high);
    int64_t n = (int64_t)whole;
    union { uint64_t bits; double value; } scale = { (uint64_t)((n >> 5) + 1023) << 52 };
    return series * (roots[n & 31] * scale.value); /* n is within 722 * 32 of 0: never subnormal */
}

static inline void four(uint64_t seed, uint64_t purpose, int64_t week, uint64_t row, double out[4])
{
    uint32_t c0 = (uint32_t)row, c1 = (uint32_t)(row >> 32), c2 = (uint32_t)(week + 1000000), c3 = (uint32_t)purpose;
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = 0xD2511F53ull * c0, p1 = 0xCD9E8D57ull * c2;
        uint32_t next0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, next2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1, c3 = (uint32_t)p0, c0 = next0, c2 = next2;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
    out[0] = (c0 + 0.5) * 2.3283064365386963e-10, out[1] = (c1 + 0.5) * 2.3283064365386963e-10;
    out[2] = (c2 + 0.5) * 2.3283064365386963e-10, out[3] = (c3 + 0.5) * 2.3283064365386963e-10;
}

static inline double time_of(int option, double complexity, double routine, double lost, double slower, const Service *p, double again)
{
    double needed;
    if (option == FAST) needed = p->fast_time;
    else if (option == SCRIPT) needed = 1.0;
    else if (option == SOLVE) needed = 1.0 + (p->judgement_time - 1.0 + p->complexity_time * complexity) * (1.0 - 0.5 * routine);
    else return p->handling_hours * p->transfer_time;
    return p->handling_hours * needed * (1.0 + again * lost) * (1.0 + slower);
}

static inline double success_of(int option, double complexity, double skill, double authority, double lost, double spoilt,
                                const Service *p, double blunder)
{
    double chance, by_script = p->script_success * (1.0 - p->script_complexity_penalty * complexity);
    if (option == FAST) chance = by_script * p->fast_success;
    else if (option == SCRIPT) chance = by_script;
    else if (option == SOLVE) {
        double may = authority >= complexity ? 1.0 : authority / complexity;
        chance = (p->judgement_success + p->skill_effect * skill) * (p->unauthorised_success + (1.0 - p->unauthorised_success) * may);
    }
    else if (option == ESCALATE) chance = 1.0 - blunder;
    else return 0.0;
    return share(chance * (1.0 - blunder * lost) * (1.0 - spoilt));
}

static inline double courtesy_of(int option, const Service *p)
{
    double steps = option == SCRIPT ? 1.0 : option == SOLVE ? 2.0 : 0.0, courtesy = p->base_courtesy + steps * p->courtesy_step;
    return courtesy < 1.0 ? courtesy : 1.0;
}

/* How a customer is treated by a person: engaged people do the same more warmly. */
static inline double courtesy_from(int option, double engagement, const Service *p)
{
    return share(courtesy_of(option, p) + p->engagement_courtesy * (engagement - 0.6));
}

/* The scorecard in use in a department: what is decreed is enacted bit by bit. */
static inline StaffScorecard card_in_use(const Departments *d)
{
    StaffScorecard card = {
        .handling_time = d->by_handling_time, .cost = d->by_cost, .csat = d->by_csat,
        .resolution = d->by_resolution, .journey = d->by_journey, .internal = d->by_internal,
    };
    return card;
}

static inline double loses(int option, double linked, const Handoffs *p)
{
    return share(p->loss_probability * (option == SOLVE ? p->warm_factor : option == HAND_OVER ? p->cold_factor : 1.0)) * (1.0 - linked);
}

typedef struct {
    double complexity, lost, routine, workload, skill, authority, latitude_felt, belief, norm, habit, fatigue, slower, spoilt, linked;
    double bite, weights, of_longest;
    int64_t stages;
} Situation;

typedef struct {
    const StaffScorecard *card;
    const Service *p;
    const Scorecards *cards;
    const Handoffs *handoffs;
    const Empowerment *empowerment;
    const Conviction *conviction;
    const Habit *habit;
} Settings;

static inline double appeal(int option, const Situation *s, const Settings *all)
{
    const Service *p = all->p;
    const Scorecards *cards = all->cards;
    const StaffScorecard *card = all->card;
    const Empowerment *empowerment = all->empowerment;
    double hours = time_of(option, s->complexity, s->routine, s->lost, s->slower, p, all->handoffs->repeat_time);
    double success = success_of(option, s->complexity, s->skill, s->authority, s->lost, s->spoilt, p, all->handoffs->handoff_error);
    double onward = s->stages > 1 || option == HAND_OVER ? loses(option, s->linked, all->handoffs) : 0.0;
    double journey = (option != HAND_OVER ? success : p->script_success * 0.8) * (1.0 - onward);
    double closes = option < HAND_OVER ? 1.0 : 0.0;
    double rework = option < HAND_OVER ? cards->traced_share * (1.0 - success) * p->handling_hours : 0.0;
    double courtesy = courtesy_of(option, p), shown = 0.0;
    if (s->weights > 0.0) {
        double claimed = closes * (1.0 - cards->traced_share * (1.0 - success));
        double surveyed = cards->courtesy_share * courtesy + (1.0 - cards->courtesy_share) * success;
        shown = (card->handling_time * (1.0 - hours * s->of_longest) + card->cost * (1.0 - (hours + rework) * s->of_longest)
                 + card->csat * surveyed + card->resolution * claimed + card->journey * cards->line_of_sight * journey)
            * (1.0 / s->weights);
    }
    if (card->internal > 0.0) shown += card->internal * (option != HAND_OVER ? 1.0 - onward : 0.0) / s->weights;
    double good = p->courtesy_weight * courtesy + (1.0 - p->courtesy_weight) * journey;
    double value = s->bite * shown + s->belief * good;
    value -= p->effort_weight * (0.5 + 0.5 * s->workload) * (1.0 + s->fatigue) * hours * s->of_longest;
    if (option == SOLVE) {
        double risk = empowerment->blame_weight * empowerment->blame * larger(0.0, s->complexity - s->latitude_felt) * (1.0 - success);
        value += s->norm + s->habit - risk;
    }
    if (option == FAST || option == SOLVE) value -= empowerment->monitoring_weight * empowerment->strictness;
    if (option >= HAND_OVER) value -= p->transfer_reluctance;
    return value;
}

static inline int choose(double fast, double script, double solve, double hand_over, double escalate, double uniform)
{
    double top = larger(larger(larger(fast, script), larger(solve, hand_over)), escalate);
    double a = power_of_e(fast - top);
    double b = a + power_of_e(script - top);
    double c = b + power_of_e(solve - top);
    double d = c + power_of_e(hand_over - top);
    double mark = uniform * (d + power_of_e(escalate - top));
    return mark < a ? FAST : mark < b ? SCRIPT : mark < c ? SOLVE : mark < d ? HAND_OVER : ESCALATE;
}

static inline int decide(const Staff *staff, int64_t i, const Cases *cases, int64_t row, const Departments *department,
                         int64_t count, const Leaders *leaders, const Settings *all, double uniform, double care,
                         double *hours, double *success)
{
    const Service *p = all->p;
    const StaffScorecard *card = all->card;
    double taste = staff->reward_sensitivity[i];
    if (staff->leader[i] >= 0) {
        const Leaders *leader = &leaders[staff->leader[i]];
        double pressed = 1.0 + all->cards->pressure * (leader->reference_score - leader->reported_score);
        taste *= pressed < 0.0 ? 0.0 : pressed > 2.0 ? 2.0 : pressed;
    }
    Situation s = {
        .complexity = cases->complexity[row].value, .lost = cases->context_lost[row].value, .routine = department->routine,
        .workload = department->workload, .skill = share(staff->skill[i] + staff->knowledge_bonus[i]), .authority = share(staff->latitude[i] + staff->borrowed_rights[i]),
        .latitude_felt = share(staff->latitude[i] * staff->safety[i] + staff->borrowed_rights[i]),
        .belief = all->conviction->utility_weight * staff->conviction[i],
        .norm = all->conviction->norm_weight * (staff->peer_practice[i] - 0.25) + staff->expected_recognition[i] + care, .habit = all->habit->utility_weight * staff->habit[i],
        .fatigue = staff->fatigue[i], .slower = staff->time_penalty[i], .spoilt = department->success_loss, .linked = department->integration, .stages = cases->stages[row].value,
        .bite = all->cards->utility_weight * taste * saturating(all->cards->strength, all->cards->half_saturation),
        .weights = card->handling_time + card->cost + card->csat + card->resolution + card->journey + card->internal,
        .of_longest = 1.0 / (p->handling_hours * (p->judgement_time + p->complexity_time)),
    };
    double hand_over = count > 1 ? appeal(HAND_OVER, &s, all) : -1.0e9, escalate = -1.0e9;
    if (staff->leader[i] >= 0 && leaders[staff->leader[i]].escalation_capacity >= 1.0) escalate = appeal(ESCALATE, &s, all);
    int option = choose(appeal(FAST, &s, all), appeal(SCRIPT, &s, all), appeal(SOLVE, &s, all), hand_over, escalate, uniform);
    *hours = time_of(option, s.complexity, s.routine, s.lost, s.slower, p, all->handoffs->repeat_time);
    *success = success_of(option, s.complexity, s.skill, s.authority, s.lost, s.spoilt, p, all->handoffs->handoff_error);
    return option;
}

static inline int64_t take_next(Departments *department, const Cases *cases)
{
    int64_t row = department->queue_first;
    department->queue_first = cases->next_case[row];
    if (cases->next_case[row] < 0) department->queue_last = -1;
    if (cases->state[row] == 1) department->queue -= 1;
    return row;
}

static inline void join_queue(int64_t row, int64_t goal, int64_t week, const Cases *cases, Departments *departments)
{
    cases->state[row] = 1, cases->department[row].value = (int32_t)goal, cases->queued_week[row] = (int32_t)week;
    cases->next_case[row] = -1;
    int64_t last = departments[goal].queue_last;
    if (last < 0) departments[goal].queue_first = row;
    else cases->next_case[last] = (int32_t)row;
    departments[goal].queue_last = row;
    departments[goal].queue += 1;
}

static void close_case(int64_t row, double courtesy, Departments *d, double returns, const Customers *customers,
                       const Cases *cases, const Service *p, int64_t week)
{
    int resolved = cases->defect[row].value == 0, first = cases->contacts[row].value == 1;
    int64_t age = week - cases->opened_week[row].value;
    customers->events[row].value += 1;
    customers->quality[row].value += share(p->courtesy_weight * courtesy + (1.0 - p->courtesy_weight) * (resolved ? 1.0 : 0.0)
                                     - p->waiting_loss * age - p->repetition_loss * cases->repetitions[row].value);
    d->closed += 1, d->closed_first += first;
    if (resolved) {
        d->resolved += 1, d->resolved_first += first, d->resolution_weeks += age, d->sound_journeys += 1;
        cases->state[row] = 0;
    }
    else if (returns < p->recontact_probability) {
        cases->state[row] = 2, cases->stages[row].value = 1, cases->defect[row].value = 0, cases->repetitions[row].value += 1;
    }
    else {
        d->abandoned += 1;
        cases->state[row] = 0;
    }
}

/* Where it is known how much of what is passed on each department takes, work goes there in these parts. */
static inline int64_t next_department(int64_t from, int64_t count, int64_t fronts, double where, const Departments *departments)
{
    if (departments[count - 1].transfer_share > 0.0) {
        int64_t goal = 0;
        while (goal < count - 1 && where >= departments[goal].transfer_share) goal++;
        return goal != from ? goal : (goal + 1) % count;
    }
    if (departments[from].front == 1 && fronts < count) return fronts + (int64_t)(where * (double)(count - fronts));
    return (from + 1 + (int64_t)(where * (double)(count - 1))) % count;
}

static void pass_on(int64_t row, int option, int64_t from, int64_t count, int64_t fronts, double uniform, double where,
                    int64_t week, const Cases *cases, Departments *departments, const Handoffs *p)
{
    Departments *d = &departments[from];
    int64_t goal = next_department(from, count, fronts, where, departments);
    d->handoffs += 1;
    cases->context_lost[row].value = 0;
    cases->repetitions[row].value += option == HAND_OVER;
    if (uniform < loses(option, d->integration, p)) {
        d->handoffs_lost += 1;
        cases->context_lost[row].value = 1;
        cases->repetitions[row].value += 1;
    }
    departments[goal].arriving += 1;
    join_queue(row, goal, week, cases, departments);
}

static void handle(int64_t row, int64_t i, const Staff *staff, int64_t department, int64_t count, int64_t fronts, Leaders *leaders,
                   const Customers *customers, const Cases *cases, Departments *departments, const Settings *all,
                   double goodwill, uint64_t seed, int64_t week)
{
    const Service *p = all->p;
    Departments *d = &departments[department];
    double draws[4], hours, success;
    four(seed, SERVICE_STREAM, week, (uint64_t)row, draws);
    int option = decide(staff, i, cases, row, d, count, leaders, all, draws[0], customers->care[row], &hours, &success);
    hours *= d->time_factor;
    int right = draws[1] < success;
    double courtesy = courtesy_from(option, staff->engagement[i], p);
    staff->worked[i] += hours, staff->handled[i] += 1, d->handled += 1, d->worked += hours;
    d->survey += all->cards->courtesy_share * courtesy + (1.0 - all->cards->courtesy_share) * (right ? 1.0 : 0.0);
    if (option == FAST) d->closed_fast += 1;
    else if (option == SCRIPT) d->followed_script += 1;
    else if (option == SOLVE) d->solved += 1;
    else if (option == HAND_OVER) d->handed_over += 1;
    else d->escalated += 1;
    if (option == SOLVE) {
        staff->solved[i] += 1;
        d->goodwill += goodwill * cases->complexity[row].value;
        if (right) staff->visible_successes[i] += 1, d->visible_successes += 1;
        else {
            staff->setbacks[i] += 1;
            if (cases->complexity[row].value > staff->latitude[i]) staff->blamed[i] += all->empowerment->blame;
        }
    }
    if (option == ESCALATE) leaders[staff->leader[i]].escalation_capacity -= 1.0;
    if (option != HAND_OVER) {
        cases->stages[row].value -= 1;
        if (!right) cases->defect[row].value = 1;
        else if (option == SOLVE || option == ESCALATE) cases->defect[row].value = 0;
    }
    if (cases->contacts[row].value == 1 && option < HAND_OVER && cases->stages[row].value == 0)
        d->claimed += right ? 1.0 : 1.0 - all->cards->traced_share;
    if (cases->stages[row].value == 0) close_case(row, courtesy, d, draws[2], customers, cases, p, week);
    else pass_on(row, option, department, count, fronts, draws[2], draws[3], week + 1, cases, departments, all->handoffs);
}

void serve(const Staff *staff, Leaders *leaders, const Customers *customers, const Cases *cases, Departments *departments,
           int64_t count, const Service *p, const Scorecards *cards, const Handoffs *handoffs,
           const Empowerment *empowerment, const Conviction *conviction, const Habit *habit,
           double goodwill, uint64_t seed, int64_t week)
{
    StaffScorecard card;
    const Settings all = { &card, p, cards, handoffs, empowerment, conviction, habit };
    int64_t fronts = 0;
    for (int64_t d = 0; d < count; d++) fronts += departments[d].front;
    for (int64_t department = 0; department < count; department++) {
        Departments *d = &departments[department];
        if (d->queue_first < 0) continue;
        card = card_in_use(d);
        int64_t i = d->next_staff, idle = 0, posts = d->last_staff - d->first_staff;
        while (d->queue_first >= 0 && idle < posts) {
            int64_t row = d->queue_first;
            if (cases->state[row] == 3) {
                cases->state[take_next(d, cases)] = 0;
                continue;
            }
            if (cases->queued_week[row] > week) break;
            int64_t person = i;
            i = i + 1 < d->last_staff ? i + 1 : d->first_staff;
            if (staff->hours[person] - staff->worked[person] <= 0.0) {
                idle++;
                continue;
            }
            idle = 0;
            take_next(d, cases);
            handle(row, person, staff, department, count, fronts, leaders, customers, cases, departments, &all, goodwill, seed, week);
        }
        d->next_staff = i;
    }
}
