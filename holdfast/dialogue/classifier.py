"""Rasa's logistic regression, kept as plain numbers instead of through skops.

Importing skops in a process that has loaded TensorFlow takes about ten seconds, at every training and every start: it
looks for each of its functions in every module that is loaded.
"""

from __future__ import annotations

import logging
from typing import Any, Dict  # noqa: UP035 (Rasa compares annotations with typing's names)

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier

_LOG = logging.getLogger(__name__)
_FILE = "classifier.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PlainLogisticRegression(LogisticRegressionClassifier):  # type: ignore[misc]
    """The same classifier with the same settings; only its file differs."""

    def persist(self) -> None:
        """Writes weights and classes."""
        with self._model_storage.write_to(self._resource) as folder:
            classes = np.array([str(name) for name in self.clf.classes_])
            np.savez_compressed(folder / _FILE, coef=self.clf.coef_, intercept=self.clf.intercept_, classes=classes)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],  # noqa: UP006
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PlainLogisticRegression:
        """Reads what `persist` wrote."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as stored:
                component.clf.coef_, component.clf.intercept_ = stored["coef"], stored["intercept"]
                component.clf.classes_ = stored["classes"].astype(object)
                component.clf.n_features_in_ = stored["coef"].shape[1]
        except (ValueError, OSError, KeyError) as error:
            _LOG.error("the intent classifier is not in the model (%s). Run: make train", type(error).__name__)
        return component
