"""Reasons in the audit log are told in words; codes and ids stand beside them."""

from typing import Final

import pytest

from app.pages.audit_reasons import reason_text

NAMES: Final = {"k1": "王工", "k2": "李工", "g1": "测绘科"}


@pytest.mark.parametrize(
    ("action", "outcome", "reason", "words"),
    [
        ("import", "ok", "needs_decision", "需要您决定"),
        ("import", "failed", "import-cancelled", "导入已取消，数据未作任何改动"),
        ("edit", "ok", "edits", "在图上编辑"),
        ("edit", "ok", "update zone-manrong", "修改 zone-manrong"),
        ("edit", "refused", "edits-refused", "有要素不能入库，没有保存任何内容"),
        (
            "edit",
            "refused",
            "create None: feature-exists",
            "新建：集合“…”中已有标识为“…”的要素",
        ),
        (
            "request",
            "refused",
            "role-too-low: POST /keys",
            "此操作需要“…”权限，而该密钥为“…”：POST /keys",
        ),
        ("restore", "ok", "revision 3", "恢复到修订版 3"),
        ("give-rights", "ok", "reader k1, editor g1", "王工：读者，测绘科：编辑"),
        ("give-rights", "ok", "—", "收回全部权限"),
        ("give-rights", "ok", "none k2", "李工：无"),
        ("make-account", "ok", "reader k9", "k9：读者"),
        ("change-account", "ok", "editor k1: active, role", "王工：编辑：启用或停用、角色"),
        ("change-account", "ok", "end k2", "停用 李工"),
        ("change-password", "ok", "k1", "王工"),
        ("make-group", "ok", "测绘科 g1: 2", "测绘科，成员 2 个"),
        ("edit", "ok", "在图上编辑 / edited on the map (zones: 1)", "在图上编辑"),
    ],
)
def test_a_code_is_told_in_words_with_the_code_beside_it(
    action: str, outcome: str, reason: str, words: str
) -> None:
    told = reason_text(action, outcome, reason, lang="zh", names=NAMES)
    assert told.words == words
    assert told.raw in {"", reason}
    assert bool(told.raw) is (words not in reason)


@pytest.mark.parametrize("outcome", ["ok", "refused"])
@pytest.mark.parametrize(
    "reason", ["按三季度测量成果更新", "改线 / A12 段", "update the northern border", "2: 3", ""]
)
def test_what_somebody_wrote_is_shown_as_it_is(outcome: str, reason: str) -> None:
    told = reason_text("edit", outcome, reason, lang="zh", names=NAMES)
    assert (told.words, told.raw) == (reason, "")


def test_no_reason_is_no_words() -> None:
    assert reason_text("sign-in", "ok", None, lang="en", names={}).words == ""
