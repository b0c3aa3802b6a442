"""Does it work? Outcomes declared before data, recovery time, the claim's report card, pooling across clinics."""

from zonula.outcomes.aggregate import Aggregate, Signed, aggregate, check_previous, read_signed, sign, verify
from zonula.outcomes.alike import patients_like
from zonula.outcomes.claims import Claim, claims, reading_list
from zonula.outcomes.clinic_report import Band, ClinicReport, clinic_report
from zonula.outcomes.course import AdverseEvent, Course, End, Outcome, Reading, StageStart, Standing, outcome
from zonula.outcomes.definitions import Definitions, declared
from zonula.outcomes.deidentified import Bands, bands, deidentified, deidentified_dictionary
from zonula.outcomes.disclosure import rounded, suppressed, way_suppressed
from zonula.outcomes.export import data_dictionary, outcome_table
from zonula.outcomes.parts import OffSwitch, StageChange, pool_off_switches, read_off_switches, stage_changes
from zonula.outcomes.patient_page import PatientOutcome, patient_outcome
from zonula.outcomes.pooling import Pooled, PooledReport, check_keys, pool
from zonula.outcomes.recovery_time import Curve, CurvePoint, Prediction, cumulative_incidence, predict
from zonula.outcomes.registry_file import Refused, read_registry
from zonula.outcomes.regression_to_mean import RegressionToMean, estimate
from zonula.outcomes.report_card import ReportCard, Verdict, complete_cases, predictors_of, report_card
from zonula.outcomes.study import (
    Flow,
    Study,
    allocation,
    check_flow,
    flow_diagram,
    parse_study,
    read_flow,
    seal,
    study_report,
)

__all__ = [
    "AdverseEvent",
    "Aggregate",
    "Band",
    "Bands",
    "Claim",
    "ClinicReport",
    "Course",
    "Curve",
    "CurvePoint",
    "Definitions",
    "End",
    "Flow",
    "OffSwitch",
    "Outcome",
    "PatientOutcome",
    "Pooled",
    "PooledReport",
    "Prediction",
    "Reading",
    "Refused",
    "RegressionToMean",
    "ReportCard",
    "Signed",
    "StageChange",
    "StageStart",
    "Standing",
    "Study",
    "Verdict",
    "aggregate",
    "allocation",
    "bands",
    "check_flow",
    "check_keys",
    "check_previous",
    "claims",
    "clinic_report",
    "complete_cases",
    "cumulative_incidence",
    "data_dictionary",
    "declared",
    "deidentified",
    "deidentified_dictionary",
    "estimate",
    "flow_diagram",
    "outcome",
    "outcome_table",
    "parse_study",
    "patient_outcome",
    "patients_like",
    "pool",
    "pool_off_switches",
    "predict",
    "predictors_of",
    "read_flow",
    "read_off_switches",
    "read_registry",
    "read_signed",
    "reading_list",
    "report_card",
    "rounded",
    "seal",
    "sign",
    "stage_changes",
    "study_report",
    "suppressed",
    "verify",
    "way_suppressed",
]
