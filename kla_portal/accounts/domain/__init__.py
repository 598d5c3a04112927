"""The verbs: what happens to accounts and agencies, by whom. Each writes its event in its own transaction."""

from kla_portal.accounts.domain.accounts import (
    OpenedAccount,
    change_details,
    change_own_email,
    change_own_password,
    close_account,
    open_account,
    reopen_account,
    reset_password,
)
from kla_portal.accounts.domain.agencies import add_agency, ensure_agencies, rename_agency
from kla_portal.accounts.domain.imports import (
    ImportPlan,
    ImportRow,
    Outcome,
    plan_import,
    run_import,
)
from kla_portal.accounts.domain.memberships import (
    NewMembership,
    add_membership,
    remove_membership,
    set_memberships,
)
from kla_portal.accounts.domain.refusal import AccountRefused
from kla_portal.accounts.domain.removal import remove_account
from kla_portal.accounts.domain.sittings import end_sessions

__all__ = [
    "AccountRefused",
    "ImportPlan",
    "ImportRow",
    "NewMembership",
    "OpenedAccount",
    "Outcome",
    "add_agency",
    "add_membership",
    "change_details",
    "change_own_email",
    "change_own_password",
    "close_account",
    "end_sessions",
    "ensure_agencies",
    "open_account",
    "plan_import",
    "remove_account",
    "remove_membership",
    "rename_agency",
    "reopen_account",
    "reset_password",
    "run_import",
    "set_memberships",
]
