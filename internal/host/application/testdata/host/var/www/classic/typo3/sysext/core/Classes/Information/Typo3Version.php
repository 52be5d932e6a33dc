<?php
namespace TYPO3\CMS\Core\Information;

class Typo3Version
{
    public const VERSION = '12.4.10';
    protected const BRANCH = '12.4';
}
