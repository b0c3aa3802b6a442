"""From any reachable state, any sequence of events keeps the safety invariants (a state machine walks the table)."""

from datetime import date, timedelta
from functools import cache

import msgspec
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from zonula.chart import State
from zonula.knowledge import shelf
from zonula.treatment_protocols import (
    GATES,
    Event,
    FoodHistory,
    IllegalStepError,
    RedFlag,
    Result,
    Role,
    Score,
    Situation,
    Weight,
    Why,
    advance,
    limits,
    shipped,
    start,
    state_on,
    today,
)

KNOWLEDGE = shelf()
DAY = date(2026, 3, 2)
FOODS = ("milk", "wheat", "egg", "soy", "peanut", "Rye bread")
GLUTEN = ("wheat", "Rye bread")
three = st.sampled_from(State)


@cache
def protocol(name):
    return shipped(KNOWLEDGE, name, GATES)


def weekly(kg):
    return tuple(Weight(DAY + timedelta(n), kg) for n in range(0, 600, 7))


situations = st.builds(
    Situation,
    age=st.sampled_from([None, 17, 40]),
    celiac_state=st.sampled_from(["", "C0", "C1", "C7"]),
    gluten_blocked=three,
    pregnant=st.sampled_from([State.NO, State.NO, State.YES, State.UNKNOWN]),
    breastfeeding=st.just(State.NO),
    eating_disorder_risk=st.just(State.NO),
    height_m=st.just(1.7),
    weights=st.sampled_from([weekly(70.0), weekly(70.0), weekly(45.0)]),
    scores=st.sampled_from([(), tuple(Score(DAY + timedelta(n), 60 - n / 2) for n in range(0, 100, 3))]),
    asthma_uncontrolled=st.just(State.NO),
    anaphylaxis_history=st.just(State.NO),
    insulin_or_sulfonylurea=st.just(State.NO),
    kidney_disease=st.just(State.NO),
    transplant=st.just(State.NO),
    mastocytosis=st.just(State.NO),
    beta_blocker=st.just(State.NO),
    second_adult=st.just(State.YES),
    near_emergency_care=st.just(State.YES),
    rescue_plan=st.just(State.YES),
    ill_today=st.just(State.NO),
    cofactor_today=st.just(State.NO),
    mentally_stable=st.just(State.YES),
    red_flags=st.sampled_from([(), (), (RedFlag("x", "U"),)]),
    foods=st.fixed_dictionaries(
        {
            food: st.builds(
                FoodHistory,
                sensitised=st.sampled_from([State.NO, State.YES]),
                tolerated=three,
                wheal_predictive=st.just(State.NO),
                anaphylaxis=st.sampled_from([State.NO, State.NO, State.YES]),
                respiratory_or_circulatory=st.just(State.NO),
                immediate_reaction=st.just(State.NO),
                trace_reaction=st.just(State.NO),
                severe_fpies=st.just(State.NO),
                alpha_gal_systemic=st.just(State.NO),
                exercise_induced=st.just(State.NO),
                last_eaten=st.sampled_from([None, DAY]),
            )
            for food in FOODS
        }
    ),
)


FOOD_EVENTS = (
    *("exclude", "challenge", "renew") * 3,
    "give_back",
    "verdict",
    "sign_off",
    "override",
    "review",
    "adverse_event",
    "settle",
)
ROLES = (Role.CLINICIAN, Role.CLINICIAN, Role.DIETITIAN, Role.PATIENT, Role.ALLERGIST, Role.GASTROENTEROLOGIST)
# Two times in three a situation in which every gate is open, so that walks come far; else anything.
SAFE = FoodHistory(
    **{name: State.NO for name in FoodHistory.__struct_fields__ if name not in ("tolerated", "last_eaten")}
)
CLEAR = Situation(
    **{
        name: State.NO
        for name, default in zip(Situation.__struct_fields__, Situation.__struct_defaults__, strict=True)
        if default is State.UNKNOWN
    }
)
CLEAR = msgspec.structs.replace(
    CLEAR,
    age=40,
    celiac_state="C1",
    height_m=1.7,
    weights=weekly(70.0),
    scores=tuple(Score(DAY + timedelta(n), 20 if n > 20 else 60) for n in range(0, 600, 3)),
    second_adult=State.YES,
    near_emergency_care=State.YES,
    rescue_plan=State.YES,
    mentally_stable=State.YES,
    red_flags=(),
    foods=dict.fromkeys((*FOODS, "gluten"), SAFE),
)
mostly_clear = st.one_of(st.just(CLEAR), st.just(CLEAR), situations)


class Walk(RuleBasedStateMachine):
    """Random events by random people in random situations; what is refused must change nothing."""

    def __init__(self):
        super().__init__()
        self.plan = None
        self.now = DAY
        self.never_home = set()

    @precondition(lambda self: self.plan is None)
    @rule(
        name=st.sampled_from([card.id.rsplit("/", 1)[1] for card in KNOWLEDGE.cards("treatment_protocols/protocols")])
    )
    def begin(self, name):
        self.plan = start(protocol(name), "p", DAY, "Dr A", Role.CLINICIAN)

    @precondition(lambda self: self.plan is not None)
    @rule(days=st.integers(0, 15), situation=mostly_clear, data=st.data())
    def happen(self, days, situation, data):
        day = self.now + timedelta(days)
        food = data.draw(st.sampled_from(FOODS))
        name, role = self.next_event(day, food, data)
        happened = Event(
            day=day,
            event=name,
            by="x",
            role=role,
            food=food,
            why=data.draw(st.sampled_from(Why)),
            reason="r",
            owner="o",
            gate=data.draw(st.sampled_from(sorted(GATES))),
            result=data.draw(st.sampled_from(Result)),
            supervised=data.draw(st.booleans()),
            serious=data.draw(st.integers(0, 4)) == 0,
            review_on=day + timedelta(data.draw(st.integers(1, 42))),
        )
        supervised = happened.supervised
        why = happened.why
        before = msgspec.json.encode(self.plan)
        try:
            after = advance(self.plan, happened, situation, KNOWLEDGE)
        except IllegalStepError:
            assert msgspec.json.encode(self.plan) == before
            return
        state = self.state(self.plan, day)
        if name == "exclude" and food in GLUTEN and why in (Why.ELIMINATION, Why.SUSPECT, Why.PREFERENCE):
            overridden = any(one[0] == "celiac" for one in state.overrides)
            assert (situation.gluten_blocked is State.NO and situation.celiac_state != "C0") or overridden
            assert situation.celiac_state != "C7"
        if name == "challenge":
            history = situation.food(food)
            assert history.anaphylaxis is not State.YES or supervised
            assert not (food in GLUTEN and situation.celiac_state == "C7")
        if name == "give_back":
            excluded = state.excluded(food)
            assert excluded is None or excluded.why is not Why.CELIAC
            assert not (food in GLUTEN and situation.celiac_state == "C7")
        self.plan, self.now = after, day

    def next_event(self, day, food, data):
        """Mostly a step that the table offers today, by someone who may: blind dice never leave the run-in."""
        table = self.plan.protocol
        stage = self.state(self.plan, day).stage
        steps = [one for one in table.steps if stage in one.from_ and one.after_days is None and one.event != "stop"]
        if steps and data.draw(st.integers(0, 2)) == 0:
            step = data.draw(st.sampled_from(steps))
            return step.event, data.draw(st.sampled_from([*step.roles, Role.PATIENT]))
        running = self.state(self.plan, day).challenge
        if running is not None and running.food == food:
            return "verdict", Role.CLINICIAN
        names = (*FOOD_EVENTS, *(one.event for one in table.steps))
        return data.draw(st.sampled_from(names)), data.draw(st.sampled_from(ROLES))

    def state(self, plan, day):
        return state_on(plan.protocol, plan.events, day, limits(KNOWLEDGE))

    @precondition(lambda self: self.plan is not None)
    @invariant()
    def restriction_never_outlives_its_limit(self):
        rules = limits(KNOWLEDGE)
        for days in (0, 1, 41, 42, 43, 100, 400):
            state = self.state(self.plan, self.now + timedelta(days))
            assert state.restricted_days <= rules.strict_days + state.renewed
            assert state.renewed == 0 or {e.role for e in self.plan.events if e.event == "renew"} >= {
                Role.DIETITIAN,
                Role.CLINICIAN,
            }
            if not state.restricted_days:
                assert not [one for one in state.exclusions if one.why is Why.ELIMINATION]

    @precondition(lambda self: self.plan is not None)
    @invariant()
    def every_exclusion_has_a_reason_an_owner_and_a_date(self):
        for one in self.state(self.plan, self.now).exclusions:
            assert one.reason
            assert one.owner
            assert one.review_on or one.why in (Why.ALLERGY, Why.CELIAC)

    @precondition(lambda self: self.plan is not None)
    @invariant()
    def the_state_is_a_pure_function_and_today_can_be_shown(self):
        assert self.state(self.plan, self.now) == self.state(self.plan, self.now)
        shown = today(self.plan, Situation(celiac_state="C7"), self.now, KNOWLEDGE)
        assert not {food for food, _ in shown.eaten_again} & set(GLUTEN)
        event(f"stage {shown.stage}")
        event(f"challenges {sum(one.event == 'challenge' for one in self.plan.events)}")


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
